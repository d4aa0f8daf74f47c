/** Loads one of these packages: an import is resolved from the file that makes it. */
export const load = (name) => import(name);
