import { type HeraldConfiguration } from '../config/index.js';
import { type News } from './news.js';
import { type AlertsState } from './worker-state.js';

/**
 * Tells one kind of audience what happens: by mail, by SNMP, on D-Bus. It lives in the alerts worker, where it may
 * take its time; whatever it waits for, it must not hold up memory without bound, and never throw.
 */
export interface Herald {
  news(news: News): void;
  /** After a reload. */
  reconfigure(configuration: HeraldConfiguration): void;
  /** What is to be told of it in the metrics. */
  report?(): AlertsState;
  /** The daemon stops: what can still be told is told, within a few seconds at most. */
  stop(): Promise<void>;
}
