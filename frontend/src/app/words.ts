const currency = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD', maximumFractionDigits: 0 });
const day = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium' });
const moment = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeStyle: 'short' });

export const dollars = (cents: number): string => currency.format(cents / 100);

export const percent = (basisPoints: number): string => `${(basisPoints / 100).toFixed(2)} %`;

export const onDay = (iso: string): string => day.format(new Date(iso));

export const atMoment = (iso: string): string => moment.format(new Date(iso));

export function fileSize(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(0)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
