/** Version of the library, the same as in package.json; kept here because a browser bundle has no manifest. */
export const VERSION = "0.1.0";
