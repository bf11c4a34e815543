/** One step of the control plane's own schema, applied once and never changed after it was released. */
export interface SchemaVersion {
  /** `001-instances`: applied in the order of these names. */
  readonly name: string;
  /** Statements that run in one transaction. Every name in them says its schema: `plumbline.…`. */
  readonly sql: string;
}
