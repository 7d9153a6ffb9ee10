// Days as ISO strings, computed in UTC so that no time zone can move them.
export const at = (iso: string): Date => new Date(`${iso}T00:00:00Z`);
export const iso = (date: Date): string => date.toISOString().slice(0, 10);
export const plus = (day: string, days: number): string => iso(new Date(at(day).getTime() + days * 86_400_000));
export const monthOf = (day: string): string => `${day.slice(0, 8)}01`;
export const nextMonth = (month: string, by: number): string => {
  const date = at(month);
  date.setUTCMonth(date.getUTCMonth() + by);
  return iso(date);
};
export const today = (): string => {
  const now = new Date();
  return iso(new Date(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate())));
};
export const french = (day: string): string => day.split("-").reverse().join("/");
