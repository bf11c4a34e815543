export function Logo() {
  return (
    <svg className="logo" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" />
      <path d="M6 17 16 8l10 9M10 15v9h12v-9" />
    </svg>
  );
}
