/**
 * Writing a mask as DICOM SEG (PS3.3 A.51), with `dcmjs`: one frame a slice of the scan, in the order
 * of the slices, each with the slice that it was made of.
 *
 * Patient and study are those of the scan; identifiers follow from the scan and the mask, so that the
 * same mask gives the same bytes.
 *
 * @module
 */

import { writeAtomically } from "../../base/atomic.ts";
import { sha256 } from "../../base/hashing.ts";
import { unhooked } from "../files.ts";
import { toSource } from "../orientation.ts";
import { refusal } from "../refusal.ts";
import type { SourceSlice, Volume } from "../volume.ts";
import type { Attributes, Tag } from "./attributes.ts";
import { onSlices } from "./even_grid.ts";
import { loadDataSet, startRoom } from "./open.ts";
import { hashedUid } from "./uid.ts";

/** What of `dcmjs` is used; the package has no types. */
interface Dcmjs {
  readonly data: {
    readonly DicomDict: new (meta: Elements) => {
      dict: Elements;
      write(options: { readonly fragmentMultiframe: boolean }): ArrayBuffer;
    };
    readonly DicomMetaDictionary: {
      denaturalizeDataset(natural: Readonly<Record<string, unknown>>): Elements;
    };
  };
}

/** A data set by tags, as `dcmjs` holds it. */
type Elements = Readonly<Record<string, unknown>>;

/** What a SEG says of its one segment. */
export interface SegmentFacts {
  /** Its label, such as `lesion`. */
  readonly label: string;
  /** What drew it, such as `vnet:small`. */
  readonly algorithm: string;
}

const SEGMENTATION_STORAGE = "1.2.840.10008.5.1.4.1.1.66.4";
const EXPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2.1";

/** Refuses a scan whose slices a SEG cannot name. */
export function requireSegmentable({ dicom }: Pick<Volume, "dicom">): void {
  const named = dicom?.slices.every(({ instance, sopClass, position }) =>
    instance !== "" && sopClass !== "" && position !== null
  );
  if (dicom?.orientation && dicom.pixelSpacing && named) return;
  throw refusal(
    "no-dicom-source",
    "A DICOM SEG names the slices of a DICOM scan, which this scan does not have, or which do not " +
      "say where they lie.",
    "Write a NIfTI mask instead: --output mask.nii.gz.",
  );
}

/**
 * Writes a mask of a DICOM scan, atomically. A mask of a scan that was interpolated to an even grid
 * is brought back to the slices.
 *
 * @param mask 0 or 1 a voxel of the scan, in its canonical order
 * @throws InputError for a scan that is no DICOM, or a file that cannot be written
 */
export async function writeSegmentation(
  path: string,
  mask: Uint8Array<ArrayBuffer>,
  scan: Pick<Volume, "shape" | "source" | "dicom">,
  facts: SegmentFacts,
): Promise<void> {
  requireSegmentable(scan);
  const { dicom, source } = scan;
  const { slices, plane, even } = dicom!;
  const stored = toSource(mask, source);
  const pixels = even === null ? stored : onSlices(even, stored);
  const header = headerOf(slices[0]);
  const { data } = (await import("dcmjs")).default as unknown as Dcmjs;
  const { DicomDict, DicomMetaDictionary } = data;
  const scanUid = header.text("x0020000e") ?? "";
  const named = [scanUid, facts, plane, sha256(pixels)];
  const instance = hashedUid("stackbench seg", ...named);
  const file = new DicomDict(DicomMetaDictionary.denaturalizeDataset({
    FileMetaInformationVersion: new Uint8Array([0, 1]).buffer,
    MediaStorageSOPClassUID: SEGMENTATION_STORAGE,
    MediaStorageSOPInstanceUID: instance,
    TransferSyntaxUID: EXPLICIT_LITTLE_ENDIAN,
    ImplementationClassUID: hashedUid("stackbench seg", "implementation"),
    ImplementationVersionName: "STACKBENCH",
  }));
  file.dict = DicomMetaDictionary.denaturalizeDataset({
    ...studyOf(header),
    ...imageOf(instance, hashedUid("stackbench seg", "series", ...named), plane, slices.length),
    ...referencesOf(header, slices),
    ...segmentOf(facts),
    ...framesOf(scan.dicom!, hashedUid("stackbench seg", "dimensions", ...named)),
    PixelData: packed(pixels).buffer,
    _vrMap: { PixelData: "OB" },
  });
  const bytes = new Uint8Array(file.write({ fragmentMultiframe: false }));
  writeAtomically(path, [bytes]);
}

/** The attributes of a slice. */
function headerOf({ path }: SourceSlice): Attributes {
  const loaded = loadDataSet(path, path, unhooked, startRoom());
  if ("kind" in loaded) throw refusal("not-found", `${path} is no DICOM file any more.`);
  return loaded.attributes;
}

/** Attributes of patient, study and frame of reference, which are the scan's. */
const COPIED: Readonly<Record<string, Tag>> = {
  PatientName: "x00100010",
  PatientID: "x00100020",
  PatientBirthDate: "x00100030",
  PatientSex: "x00100040",
  StudyInstanceUID: "x0020000d",
  StudyDate: "x00080020",
  StudyTime: "x00080030",
  ReferringPhysicianName: "x00080090",
  StudyID: "x00200010",
  AccessionNumber: "x00080050",
  FrameOfReferenceUID: "x00200052",
  PositionReferenceIndicator: "x00201040",
};

/** Values as the standard has them; others, as anonymizers leave behind, are not passed on. */
const LEGAL: Readonly<Record<string, RegExp>> = {
  PatientBirthDate: /^\d{8}$/,
  PatientSex: /^[MFO]$/,
  StudyDate: /^\d{8}$/,
  StudyTime: /^\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?$/,
};

function studyOf(header: Attributes): Record<string, unknown> {
  const copied = Object.fromEntries(
    Object.entries(COPIED).map(([name, tag]) => {
      const value = header.textIn(tag, header) ?? "";
      return [name, LEGAL[name]?.test(value) === false ? "" : value];
    }),
  );
  return {
    SpecificCharacterSet: "ISO_IR 192",
    ...copied,
    // no clock: the mask is of the study
    ContentDate: copied.StudyDate || "20000101",
    ContentTime: copied.StudyTime || "000000",
  };
}

function imageOf(
  instance: string,
  series: string,
  [columns, rows]: readonly [number, number],
  frames: number,
): Record<string, unknown> {
  return {
    SOPClassUID: SEGMENTATION_STORAGE,
    SOPInstanceUID: instance,
    SeriesInstanceUID: series,
    Modality: "SEG",
    SeriesNumber: "1000",
    InstanceNumber: "1",
    SeriesDescription: "Segmentation",
    Manufacturer: "Stackbench",
    ManufacturerModelName: "Stackbench",
    DeviceSerialNumber: "0",
    SoftwareVersions: "1",
    ImageType: ["DERIVED", "PRIMARY"],
    ContentLabel: "SEGMENTATION",
    ContentDescription: "",
    ContentCreatorName: "Stackbench",
    SegmentationType: "BINARY",
    LossyImageCompression: "00",
    BurnedInAnnotation: "NO",
    SamplesPerPixel: 1,
    PhotometricInterpretation: "MONOCHROME2",
    NumberOfFrames: String(frames),
    Rows: rows,
    Columns: columns,
    BitsAllocated: 1,
    BitsStored: 1,
    HighBit: 0,
    PixelRepresentation: 0,
  };
}

/** The series and the slices that the mask was made of; files with several frames once. */
function referencesOf(
  header: Attributes,
  slices: readonly SourceSlice[],
): Record<string, unknown> {
  const instances = new Map(slices.map(({ instance, sopClass }) => [instance, sopClass]));
  return {
    ReferencedSeriesSequence: [{
      SeriesInstanceUID: header.text("x0020000e") ?? "",
      ReferencedInstanceSequence: [...instances].map(([instance, sopClass]) => ({
        ReferencedSOPClassUID: sopClass,
        ReferencedSOPInstanceUID: instance,
      })),
    }],
  };
}

const code = (value: string, scheme: string, meaning: string) => [{
  CodeValue: value,
  CodingSchemeDesignator: scheme,
  CodeMeaning: meaning,
}];

function segmentOf({ label, algorithm }: SegmentFacts): Record<string, unknown> {
  return {
    SegmentSequence: [{
      SegmentNumber: 1,
      SegmentLabel: label.slice(0, 64),
      SegmentAlgorithmType: "AUTOMATIC",
      SegmentAlgorithmName: algorithm.slice(0, 64),
      SegmentedPropertyCategoryCodeSequence: code(
        "49755003",
        "SCT",
        "Morphologically Abnormal Structure",
      ),
      SegmentedPropertyTypeCodeSequence: code("52988006", "SCT", "Lesion"),
    }],
  };
}

/** What frames share, and where each lies and what it was made of. */
function framesOf(
  { slices, orientation, pixelSpacing }: NonNullable<Volume["dicom"]>,
  organization: string,
): Record<string, unknown> {
  const { row, column } = orientation!;
  const between = spacingOf(slices);
  return {
    DimensionOrganizationSequence: [{ DimensionOrganizationUID: organization }],
    DimensionIndexSequence: [
      // SegmentIdentificationSequence / ReferencedSegmentNumber, PlanePositionSequence / position
      dimension(organization, 0x0062000a, 0x0062000b, "Segment"),
      dimension(organization, 0x00209113, 0x00200032, "Position"),
    ],
    SharedFunctionalGroupsSequence: [{
      PixelMeasuresSequence: [{
        PixelSpacing: pixelSpacing!.map(decimal),
        SliceThickness: decimal(between),
        SpacingBetweenSlices: decimal(between),
      }],
      PlaneOrientationSequence: [{
        ImageOrientationPatient: [...row, ...column].map(decimal),
      }],
    }],
    PerFrameFunctionalGroupsSequence: slices.map((slice, index) => ({
      FrameContentSequence: [{ DimensionIndexValues: [1, index + 1] }],
      PlanePositionSequence: [{ ImagePositionPatient: slice.position!.map(decimal) }],
      SegmentIdentificationSequence: [{ ReferencedSegmentNumber: 1 }],
      DerivationImageSequence: [{
        DerivationCodeSequence: code("113076", "DCM", "Segmentation"),
        SourceImageSequence: [{
          ReferencedSOPClassUID: slice.sopClass,
          ReferencedSOPInstanceUID: slice.instance,
          ...(slice.frameNumber === null
            ? {}
            : { ReferencedFrameNumber: String(slice.frameNumber) }),
          PurposeOfReferenceCodeSequence: code(
            "121322",
            "DCM",
            "Source image for image processing operation",
          ),
        }],
      }],
    })),
  };
}

function dimension(organization: string, group: number, pointer: number, label: string) {
  return {
    DimensionOrganizationUID: organization,
    DimensionIndexPointer: pointer,
    FunctionalGroupPointer: group,
    DimensionDescriptionLabel: label,
  };
}

/** Millimetres from a slice to the next, on average; 1 for a single one, whose thickness is unknown. */
function spacingOf(slices: readonly SourceSlice[]): number {
  if (slices.length < 2) return 1;
  const [first, last] = [slices[0].position!, slices[slices.length - 1].position!];
  const length = Math.hypot(last[0] - first[0], last[1] - first[1], last[2] - first[2]);
  return length / (slices.length - 1);
}

/** A number as DICOM's decimal string: at most 16 characters. */
function decimal(value: number): string {
  const plain = String(Number(value.toFixed(8)));
  return plain.length <= 16 ? plain : String(Number(value.toPrecision(10)));
}

/** Single bits, eight a byte from the lowest on, an even number of bytes. */
function packed(pixels: Uint8Array): Uint8Array<ArrayBuffer> {
  const length = Math.ceil(pixels.length / 8);
  const bytes = new Uint8Array(length + length % 2);
  for (let at = 0; at < pixels.length; at++) bytes[at >> 3] |= pixels[at] << (at & 7);
  return bytes;
}
