/** SARIF's validators ask for sentences: text that ends as one. */
export function sentence(words: string): string {
  const trimmed = words.trim();
  return /[.?!]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

/** Markdown as plain text: marks removed, line breaks joined. */
export function plain(markdown: string): string {
  return markdown
    .replace(/\[([^\][]*)\]\([^()\s]*\)/g, "$1")
    .replace(/[`*]/g, "")
    .replace(/\s+/g, " ")
    .trim();
}

export function firstParagraph(markdown: string): string {
  return markdown.trim().split(/\n\s*\n/, 1)[0] ?? "";
}
