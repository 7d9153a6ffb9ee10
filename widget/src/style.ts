// Adopted as a style sheet: no inline style, so that the strictest policy of a site allows it.
export const STYLE = `
:host{display:block;font:400 1rem/1.4 var(--sejour-font,system-ui,sans-serif);color:var(--sejour-ink,#2a2522);--a:var(--sejour-accent,#2b5f75);--o:var(--sejour-on-accent,#fff);--s:var(--sejour-surface,#fff);--l:var(--sejour-line,#8a7f73);--m:var(--sejour-muted,#665c52);--r:var(--sejour-radius,10px)}
:host([hidden]){display:none}
*{box-sizing:border-box;font:inherit;color:inherit}
form{display:flex;flex-wrap:wrap;gap:12px;align-items:end;padding:16px;background:var(--s);border:1px solid var(--l);border-radius:var(--r);position:relative}
.f{display:flex;flex-direction:column;gap:4px;min-width:0}.f>span,legend{font-weight:600}
fieldset{border:0;padding:0;margin:0;min-width:0}.r{display:flex;gap:8px;flex-wrap:wrap;padding-top:4px}
button,select,input{min-height:44px;padding:6px 12px;border:1px solid var(--l);border-radius:var(--r);background:var(--s);cursor:pointer}
input{cursor:text;max-width:100%}summary{padding:11px 0;color:var(--a);text-decoration:underline;cursor:pointer}
.d{min-width:11rem;text-align:left}.go{background:var(--a);border-color:var(--a);color:var(--o);font-weight:600}
:focus-visible{outline:3px solid var(--sejour-focus,#0b57a4);outline-offset:2px}
.e{flex-basis:100%;margin:0;color:var(--sejour-danger,#a1261d);font-weight:600}.e:empty{display:none}
.c{position:absolute;z-index:10;top:calc(100% - 8px);left:8px;width:min(22rem,calc(100% - 16px));padding:12px;background:var(--s);border:1px solid var(--l);border-radius:var(--r);box-shadow:0 6px 24px rgb(0 0 0/.18)}
.c[hidden]{display:none}.h{display:flex;align-items:center;justify-content:space-between;gap:8px}.h b{font-weight:700;text-align:center}.h button{min-width:44px;padding:0}
table{width:100%;border-collapse:collapse;table-layout:fixed;margin-top:8px}th{font-size:.8em;color:var(--m);font-weight:600;padding:4px 0}td{padding:1px}
td button{width:100%;min-height:44px;padding:0;border-color:transparent;line-height:1.1}td button:not([aria-disabled]):hover{border-color:var(--a)}
td button[aria-disabled]{color:var(--m);opacity:.75;text-decoration:line-through;cursor:not-allowed}td button[aria-pressed=true]{background:var(--a);color:var(--o);text-decoration:none}
small{display:block;font-size:.68em;font-weight:700;white-space:nowrap}
@media(max-width:30rem){form>.f,form>fieldset,form>details,.go,.d,input{width:100%}}
@media(prefers-color-scheme:dark){:host{--s:var(--sejour-surface,#26221e);color:var(--sejour-ink,#f2ece3);--a:var(--sejour-accent,#93c6da);--o:var(--sejour-on-accent,#0e2a35);--m:var(--sejour-muted,#bdb2a5)}.e{color:var(--sejour-danger,#f5a197)}:focus-visible{outline-color:var(--sejour-focus,#9cc9ff)}}
`;
