// The tab's title has two parts that change by themselves: how many articles are unread, in front, and what is shown.
const COUNT = /^\(\d+\+?\) /;
const count = () => COUNT.exec(document.title)?.[0] ?? "";

export const titleWithoutCount = () => document.title.slice(count().length);

export function countInTitle(unread) {
  const title = `${unread ? `(${unread}) ` : ""}${titleWithoutCount()}`;
  if (title !== document.title) document.title = title;
}

export function nameInTitle(name) {
  document.title = count() + name;
}
