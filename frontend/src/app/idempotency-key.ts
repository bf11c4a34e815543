import { useRef } from 'react';

/**
 * A key for what a form sends. Sending the same again, by a retry or by an impatient hand, has the same key, and is done
 * once; something else has another.
 */
export function useIdempotencyKey(): (content: unknown) => string {
  const last = useRef({ content: '', key: '' });
  return (content) => {
    const text = JSON.stringify(content);
    if (last.current.content !== text) last.current = { content: text, key: newKey() };
    return last.current.key;
  };
}

// crypto.randomUUID is only there in secure contexts, and a rehearsal may run over plain HTTP.
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
