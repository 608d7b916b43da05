export const greeting = (name) => `hello from ${name}`;
export const unused = 1;
