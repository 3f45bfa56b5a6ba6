/**
 * Texts of a scan that may be told: those that the standard has, and words for windows. A field for
 * free text may hold a patient's name, wherever it stands.
 *
 * @module
 */

/** Modalities (PS3.3 C.7.3.1.1.1). */
const MODALITIES: ReadonlySet<string> = new Set(
  ("AR ASMT AU BDUS BI BMD CD CF CR CT CTPROTOCOL DF DG DM DOC DS DX EC ECG EEG EMG EOG EPS ES FA " +
    "FID FS GM HC HD IO IOL IVOCT IVUS KER KO LP LS LEN M3D MA MG MR MS NM OAM OCT OP OPM OPR OPT " +
    "OPTBSV OPTENF OPV OSS OT PA PLAN POS PR PT PX REG RESP RF RG RTDOSE RTIMAGE RTINTENT RTPLAN " +
    "RTRAD RTRECORD RTSEGANN RTSTRUCT RWV SEG SM SMR SR SRF ST STAIN TEXTUREMAP TG US VA VF XA " +
    "XAPROTOCOL XC").split(" "),
);

/** Units of rescaled values (PS3.3 C.11.1.1.2). */
const UNITS: ReadonlySet<string> = new Set("OD HU US MGML Z_EFF ED EDW HU_MOD PCT".split(" "));

/** What scanners call windows, word by word. */
const WINDOW_WORD =
  /^(\d{1,3}|w|wl|wc|ww|algo\d*|window\d*|preset\d*|normal|default|standard|user|center|centre|wide|narrow|soft|hard|tissue|lungs?|bones?|brain|head|skull|neck|spine|chest|thorax|heart|mediast|mediastin|mediastinum|mediastinal|abd|abdomen|liver|kidney|pelvis|colon|angio|vessels?|cta|ct|hu|post|fossa|sinus|ear|orbit|stroke)$/i;

/** A modality of the standard; null for any other text. */
export function modalityTold(text: string | undefined): string | null {
  return text !== undefined && MODALITIES.has(text) ? text : null;
}

/** The unit of rescaled values, or that the standard has no such. */
export function unitTold(text: string): string {
  return UNITS.has(text) ? text : "none of the standard's";
}

/**
 * The name of a window, where it is made of words that windows are called by; undefined for others,
 * by which it may still be chosen.
 *
 * @example
 * ```ts
 * import { windowNameTold } from "./told_texts.ts";
 * import assert from "node:assert/strict";
 * assert.equal(windowNameTold("SOFT TISSUE"), "SOFT TISSUE");
 * assert.equal(windowNameTold("Doe^Jane"), undefined);
 * ```
 */
export function windowNameTold(name: string | undefined): string | undefined {
  const words = name?.split(/[\s_\-/]+/).filter((word) => word !== "") ?? [];
  return words.length > 0 && words.every((word) => WINDOW_WORD.test(word)) ? name : undefined;
}
