import { useQuery } from '@tanstack/react-query';

export interface Version {
  readonly version: string;
  readonly commit: string | null;
  readonly release: string | null;
  readonly stamp: string | null;
}

declare const __STAMP__: string | null;

/** The stamp that this very page was built with; in the code, so that another stamp makes another file. */
export const builtStamp = __STAMP__;

/** Which release is served now; asked for again now and then, since a page can stay open longer than a release. */
export const useServedVersion = () =>
  useQuery({
    queryKey: ['version'],
    queryFn: async ({ signal }): Promise<Version> => {
      const response = await fetch('/version.json', { signal });
      if (!response.ok) throw new Error(`the version is not known: ${response.status}`);
      return response.json();
    },
    refetchInterval: 60_000,
  });
