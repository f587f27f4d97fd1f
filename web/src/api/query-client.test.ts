import { afterEach, expect, it, vi } from "vitest";
import { problemOf } from "./problem";
import { createQueryClient } from "./query-client";

afterEach(() => vi.useRealTimers());

function refused(code: string) {
  return problemOf(503, { type: `urn:hauberk:${code}`, title: "Not now" }, null, "2");
}

function write(answers: unknown[]) {
  const sent = vi.fn(() => {
    const answer = answers.shift();
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  });
  const client = createQueryClient();
  return { sent, done: client.getMutationCache().build(client, { mutationFn: sent }).execute(undefined) };
}

it("sends again what could not be written while an import was", async () => {
  vi.useFakeTimers();
  const { sent, done } = write([refused("busy"), refused("busy"), "changed"]);
  await vi.advanceTimersByTimeAsync(10_000);
  await expect(done).resolves.toBe("changed");
  expect(sent).toHaveBeenCalledTimes(3);
});

it("sends nothing again of which nobody knows whether it was done", async () => {
  const { sent, done } = write([refused("unavailable"), "changed"]);
  await expect(done).rejects.toThrow("Not now");
  expect(sent).toHaveBeenCalledTimes(1);
});
