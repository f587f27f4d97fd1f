/** Server-sent events over fetch: the same cookies, headers and problems as every other call, and it can be stopped. */
import { addressOf, parsed } from "@/api/client";
import { ApiProblem } from "@/api/problem";

export type ServerEvent = { event: string; data: unknown };

function parseEvent(block: string): ServerEvent | null {
  let event = "message";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) event = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(5).trimStart());
  }
  return data.length === 0 ? null : { event, data: parsed(data.join("\n")) };
}

export async function* serverEvents(path: string, signal: AbortSignal): AsyncGenerator<ServerEvent> {
  const response = await fetch(addressOf(path), { headers: { Accept: "text/event-stream" }, signal });
  if (!response.ok || response.body === null) throw await ApiProblem.of(response);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    buffer = (buffer + value).replaceAll("\r\n", "\n");
    const blocks = buffer.split("\n\n");
    buffer = blocks.pop() ?? "";
    for (const block of blocks) {
      const found = parseEvent(block);
      if (found) yield found;
    }
  }
}
