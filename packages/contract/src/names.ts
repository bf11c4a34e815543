import { z } from 'zod';

const name = /^[a-z][a-z0-9-]{0,39}$/;
const words = 'lower-case letters, digits and dashes, at most 40, starting with a letter';

export const appName = z.string().regex(name, words).brand<'AppName'>();
export type AppName = z.infer<typeof appName>;

export const environmentName = z.string().regex(name, words).brand<'EnvironmentName'>();
export type EnvironmentName = z.infer<typeof environmentName>;

export const serviceName = z.string().regex(name, words).brand<'ServiceName'>();
export type ServiceName = z.infer<typeof serviceName>;

export const storeName = z.string().regex(name, words).brand<'StoreName'>();
export type StoreName = z.infer<typeof storeName>;

/** `sha256:` and 64 hexadecimal digits. */
export const digest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/)
  .brand<'Digest'>();
export type Digest = z.infer<typeof digest>;

/** `r-` and the first 12 hexadecimal digits of the digest of the release's content. */
export const releaseId = z
  .string()
  .regex(/^r-[0-9a-f]{12}$/, 'a release looks like r-0123456789ab')
  .brand<'ReleaseId'>();
export type ReleaseId = z.infer<typeof releaseId>;

/** `d-` and a number that grows: the order in which deliveries were asked for. */
export const deliveryId = z
  .string()
  .regex(/^d-[0-9]{1,12}$/, 'a delivery looks like d-12')
  .brand<'DeliveryId'>();
export type DeliveryId = z.infer<typeof deliveryId>;

/** `c-` and a number that grows: one checkout's way through the pipeline and up the path. */
export const climbId = z
  .string()
  .regex(/^c-[0-9]{1,12}$/, 'a climb looks like c-12')
  .brand<'ClimbId'>();
export type ClimbId = z.infer<typeof climbId>;

/** What comes after `secret://`. */
export const secretName = z.string().regex(/^[a-z][a-z0-9-]{0,60}$/, 'a secret is named like jwt or mail-key');
