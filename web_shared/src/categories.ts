/** Categories of shops, as the server names them. */

export interface Category {
  name: string;
  dutch: string;
  /** By language; missing in lists that were stored by an older version. */
  translations?: Record<string, string>;
}

/** A category's name in a language, or else in Dutch. */
export function categoryName(name: string, categories: readonly Category[], language: string): string {
  const found = categories.find((each) => each.name === name);
  return found?.translations?.[language] ?? found?.dutch ?? name.replaceAll("_", " ");
}
