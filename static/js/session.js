// What this window remembers from page to page, or as `localStorage` this browser; nothing where it stores nothing: then
// even to name the storage fails.
export function kept(name, storage = "sessionStorage") {
  try {
    return JSON.parse(window[storage].getItem(name));
  } catch {
    return null;
  }
}

export function keep(name, value, storage = "sessionStorage") {
  try {
    if (value === null) window[storage].removeItem(name);
    else window[storage].setItem(name, JSON.stringify(value));
  } catch {
    // The next page begins anew.
  }
}
