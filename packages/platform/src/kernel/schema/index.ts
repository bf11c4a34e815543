import { instances } from './001-instances.ts';
import { audit } from './002-audit.ts';
import { tokens } from './003-tokens.ts';
import { pipeline } from './004-pipeline.ts';
import { notices } from './005-notices.ts';
import { freezes } from './006-freezes.ts';
import type { SchemaVersion } from './version.ts';

export const versions: readonly SchemaVersion[] = [instances, audit, tokens, pipeline, notices, freezes];
