/** FNV-1a of the UTF-16 code units, 32 bits. For chunks, which may grow: whoever chooses the texts can make them collide. */
export function hashOfText(text: string): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}
