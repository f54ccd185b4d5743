/**
 * What is typed into a filter or a search, understood as the server does (`profiles/rank.py`, `store/search.py`): every
 * word must occur, each anywhere; letter case does not matter. So a table keeps its rows when its run ends.
 */

/** A text's words, in lower case. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().split(/\s+/).filter(Boolean);
}

/** Whether each of some words, in lower case, occurs in at least one of some texts. */
export function occurIn(words: readonly string[], texts: readonly (string | null)[]): boolean {
  if (words.length === 0) {
    return true;
  }
  const searched = texts.filter(text => text !== null).map(text => text.toLowerCase());
  return words.every(word => searched.some(text => text.includes(word)));
}
