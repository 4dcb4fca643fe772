/** Formatters of one form by IANA zone. Making one costs as much as using it some hundred times, so each is made once. */
export function zoneFormatters(
  locale: string,
  form: Intl.DateTimeFormatOptions,
): (zone: string) => Intl.DateTimeFormat {
  const made = new Map<string, Intl.DateTimeFormat>();
  return (zone) => {
    const known = made.get(zone);
    if (known) return known;
    const fresh = new Intl.DateTimeFormat(locale, { ...form, timeZone: zone });
    made.set(zone, fresh);
    return fresh;
  };
}
