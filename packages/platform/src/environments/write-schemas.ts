import { writeFileSync } from 'node:fs';
import { editorSchemas } from './json-schema.ts';

// Writes the schemas for editors anew, after a change of what may be described.
const root = new URL('../../../../', import.meta.url);
for (const [file, text] of Object.entries(editorSchemas())) writeFileSync(new URL(file, root), text);
