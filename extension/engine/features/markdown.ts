/** Names from guests and files in Markdown: shown as text, whatever they hold. */

export function code(name: string): string {
  return `\`${name.replaceAll(/[`|\p{Cc}\p{Cf}]/gu, ' ')}\``;
}

/**
 * A link that runs a command of the editor.
 * @param label our own words, or `code`
 */
export function commandLink(label: string, command: string, argument: unknown): string {
  const query = encodeURIComponent(JSON.stringify([argument])).replace(
    /[()'!*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `[${label}](command:${command}?${query})`;
}
