import type { Verdict } from '../../model/result.ts'
import { mark, type Reading, readVerdict } from '../reading.ts'
import { html, type Markup } from './escape.ts'

/** What the page says itself, in both of its languages; names, sentences and figures stay as the run has them. */
const words = {
  title: ['Resilience report', '복원력 보고서'],
  repeat: ['To repeat it', '다시 실행하기'],
  exit: ['exit code', '종료 코드'],
  seed: ['seed', '시드'],
  runtime: ['runtime', '실행 환경'],
  took: ['took', '소요 시간'],
  effects: ['What the measures do for users', '대책이 이용자에게 준 효과'],
  users: ['users', '이용자'],
  visits: ['visits', '방문'],
  saved: ['saved', '구제'],
  lost: ['lost', '손실'],
  either: ['served either way', '어느 쪽이든 처리'],
  neither: ['neither', '모두 실패'],
  difference: ['difference (95 %)', '차이 (95 %)'],
  credits: ['Each measure by itself', '대책별 기여'],
  measure: ['measure', '대책'],
  worth: ['worth', '평가'],
  fewer: ['fewer served without it', '없으면 덜 처리되는 방문'],
  harm: ['lost with it', '있으면 손실'],
  harmed: ['lost with it, who are served without it', '있으면 잃고 없으면 처리되는 방문'],
  breaks: ['without it deviates', '없으면 벗어나는 항목'],
  curves: ['The arms on one time axis', '같은 시간축의 세 시험군'],
  curvesSaid: [
    'Grey: arrivals, as many in every arm. Green: of these, served. Below: latency of those served, median and 95th percentile, on a logarithmic scale. Red: a fault is on, its dashed outline: when it was planned. Marks: what happened. Bars between: where a check looks, dashed: what a latency must not be above.',
    '회색: 도착(모든 시험군 동일). 초록: 그중 처리됨. 아래: 처리된 이용자의 지연(중앙값, 95번째 백분위), 로그 축. 빨강: 장애 중, 점선 테두리는 계획된 시간. 표시: 일어난 일. 그 사이의 막대: 점검이 보는 구간, 점선: 지연의 기준.',
  ],
  checks: ['Checks', '점검 항목'],
  check: ['check', '점검'],
  role: ['role', '역할'],
  threshold: ['threshold', '기준'],
  source: ['source', '출처'],
  faults: ['Faults, and who saw them', '장애와 그 증거'],
  fault: ['fault', '장애'],
  arm: ['arm', '시험군'],
  probe: ['its own probe', '자체 탐침'],
  server: ['Toxiproxy', 'Toxiproxy'],
  actions: ['What operators did', '운영자의 조치'],
  action: ['action', '조치'],
  at: ['at', '시각'],
  seen: ['seen to work', '효과 확인'],
  voids: ['Why an arm does not count', '시험군이 무효인 이유'],
  happened: ['What happened', '일어난 일'],
  generator: ['Load generator', '부하 발생기'],
  look: ['Where to look', '살펴볼 곳'],
  service: ['service', '서비스'],
  asked: ['asked', '요청'],
  answer: ['answer', '응답'],
  said: ['said', '기록'],
  moreLines: ['more lines; all of them: visit', '줄 더; 전체: visit'],
  more: ['more in result.json', '개는 result.json에 더 있음'],
  others: ['other journeys', '다른 여정'],
  notRun: ['Never begun', '시작되지 않음'],
  interrupted: [
    'The run was interrupted: what was seen until then is kept.',
    '실행이 중단됨: 그때까지의 기록만 있음.',
  ],
  failed: ['The harness failed before the run was over.', '실행이 끝나기 전에 도구가 실패함.'],
  noScenario: ['No scenario was begun.', '시작된 시나리오 없음.'],
  late: ['late', '지연'],
  noVisits: ['no visit came', '방문 없음'],
  switch: ['한국어', 'English'],
} as const

export type Word = keyof typeof words

/** Both languages; the page shows one of them. */
export function t(word: Word): Markup {
  const [en, ko] = words[word]
  return html`<span class="en">${en}</span><span class="ko" lang="ko">${ko}</span>`
}

const verdictWords: Readonly<Record<Verdict, readonly [string, string]>> = {
  holds: ['holds', '유지됨'],
  deviates: ['deviates', '벗어남'],
  inconclusive: ['inconclusive', '판정 불가'],
  vacuous: ['vacuous', '증명 없음'],
}

/** What {@link Reading.words} are in Korean; whatever is not here stays as it is. */
const readingWords: Readonly<Record<string, string>> = {
  holds: '유지됨',
  deviates: '벗어남',
  inconclusive: '판정 불가',
  'deviates, as it must': '벗어남(의도대로)',
  'holds, but must deviate': '유지됨(벗어나야 함)',
  'deviates, and a guard with it': '벗어남(가드도 깨짐)',
  interrupted: '중단됨',
  failed: '실패',
  'not-applicable': '–',
}

const tones = { wanted: 'good', unwanted: 'bad', undecided: 'unsure', 'not-asked': 'none' } as const

/** The colour of a reading, by the name of its class. */
export function toneOf({ meaning }: Pick<Reading, 'meaning'>): (typeof tones)[Reading['meaning']] {
  return tones[meaning]
}

/** What a verdict means in its arm, as a badge: sign and words, so that colour is not all there is. */
export function readingBadge(reading: Reading): Markup {
  const { meaning, words: en } = reading
  const asked = meaning !== 'not-asked'
  return html`<span class="badge ${toneOf(reading)}">${asked && `${mark(reading)} `}<span class="en">${asked ? en : '–'}</span><span class="ko" lang="ko">${readingWords[en] ?? en}</span></span>`
}

/** A verdict of a scenario or a run as a badge. */
export function badge(verdict: Verdict): Markup {
  const [en, ko] = verdictWords[verdict]
  const reading = readVerdict(verdict)
  return html`<span class="badge ${toneOf(reading)}">${mark(reading)} <span class="en">${en}</span><span class="ko" lang="ko">${ko}</span></span>`
}
