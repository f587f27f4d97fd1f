/** Tags as people type them. */

/** "payments, pci" → ["payments", "pci"]: trimmed, each once. */
export function tagsOf(text: string): string[] {
  return [
    ...new Set(
      text
        .split(/[,\s]+/)
        .map((tag) => tag.trim())
        .filter((tag) => tag !== ""),
    ),
  ];
}
