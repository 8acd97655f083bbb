/**
 * The images that come from elsewhere: the one place where their tags stand. The image of the services belongs to the
 * system (`System.image`).
 */
export const images = {
  toxiproxy: 'ghcr.io/shopify/toxiproxy:2.12.0',
  /** The version that the runtime `processes` has from its package. */
  postgres: 'postgres:18.4-bookworm',
  k6: 'grafana/k6:1.8.1',
} as const
