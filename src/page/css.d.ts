/** Style sheets are gathered into one file when the page is built. */
declare module '*.css';
