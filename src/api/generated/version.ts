// Generated from package.json by `npm run types`: do not edit.

export const VERSION = '0.1.0';
