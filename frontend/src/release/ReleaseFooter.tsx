import { useState } from 'react';
import { builtStamp, useServedVersion, type Version } from './release.ts';

/** Tells which release is running, and when a newer one is there than the page was loaded from. */
export function ReleaseFooter() {
  const { data: served } = useServedVersion();
  const [loaded, setLoaded] = useState<Version>();
  if (served && !loaded) setLoaded(served);
  const isOutdated = served && loaded && served.release !== loaded.release;

  return (
    <footer className="release">
      <span>Connect {loaded ? describe(loaded) : '…'}</span>
      {isOutdated && (
        <button type="button" className="quiet" onClick={() => window.location.reload()}>
          A newer release is here: reload
        </button>
      )}
    </footer>
  );
}

function describe({ version, release, commit }: Version): string {
  const parts = [version, release && `release ${release}`, commit && `commit ${commit.slice(0, 7)}`];
  return [...parts, builtStamp && `stamp ${builtStamp}`].filter(Boolean).join(' · ');
}
