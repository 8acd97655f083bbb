import { Counter, Rate, Trend } from 'k6/metrics'

/** What is measured of visits under k6: each sample is tagged with journey, stream and phase. */
export const metrics = {
  started: new Counter('visits'),
  dropped: new Counter('visits_dropped'),
  ok: new Rate('visit_ok'),
  took: new Trend('visit_took', true),
  lag: new Trend('visit_lag', true),
  step: new Trend('visit_step', true),
}
