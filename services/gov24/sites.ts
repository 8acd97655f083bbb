import type { ServiceKind } from './catalogue.ts'

/** Other sites, and what each gives: 무인민원발급기 certificates, 정부민원안내콜센터 110 what can be looked up. */
export const sites = { kiosk: 'certificate', 'call-centre': 'look-up' } as const satisfies Record<
  string,
  ServiceKind
>

export type Site = keyof typeof sites

export const siteNames = Object.keys(sites) as [Site, ...Site[]]
