// The package has types for its main entry only.
declare module 'dd-trace/initialize.mjs';
