/** A cookie's value out of a `cookie` header; of two with one name the first, as browsers send the nearest path first. */
export const readCookie = (header: string | undefined, name: string): string | null => {
  if (header === undefined) return null;
  for (let at = header.indexOf(name); at !== -1; at = header.indexOf(name, at + 1)) {
    const value = at + name.length + 1;
    const startsName = at === 0 || header[at - 1] === ' ' || header[at - 1] === ';';
    if (!startsName || header[value - 1] !== '=') continue;
    const end = header.indexOf(';', value);
    return header.slice(value, end === -1 ? undefined : end).trim();
  }
  return null;
};
