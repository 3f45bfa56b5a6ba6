/**
 * Writing the slices of a phantom as DICOM (CT Image Storage, explicit little endian), with
 * `dcmjs`. Every name says that no person was scanned; no clock and no chance goes in.
 *
 * @module
 */

import { hashedUid } from "../imaging/dicom/uid.ts";
import type { PhantomCase } from "./phantom_plan.ts";
import type { PhantomGrid, PhantomSlice } from "./phantom/mod.ts";

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

const CT_IMAGE_STORAGE = "1.2.840.10008.5.1.4.1.1.2";
const EXPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2.1";
/** Stored values are unsigned, as most scanners store them: HU = stored - 1024. */
const INTERCEPT = -1024;
/** The day of every phantom. */
const DATE = "20000101";

/**
 * A function that gives the bytes of the DICOM file of each slice of a case. Loading `dcmjs` takes
 * about 0.1 s, so it is loaded here, where DICOM is written, and nowhere else.
 */
export async function dicomSliceEncoder(
  { patient, id, parameters }: PhantomCase,
  grid: PhantomGrid,
): Promise<(slice: PhantomSlice) => Uint8Array<ArrayBuffer>> {
  const { data } = (await import("dcmjs")).default as unknown as Dcmjs;
  const { DicomDict, DicomMetaDictionary } = data;
  const { seed } = parameters;
  const scan = [seed, parameters] as const;
  const [slices, rows, columns] = grid.shape;
  const [dz, dy, dx] = grid.spacing;
  const person = patient.toUpperCase();

  return (slice) => {
    const [x, y, z] = grid.origin;
    const instance = uid("instance", ...scan, slice.z);
    const meta = new DicomDict(DicomMetaDictionary.denaturalizeDataset({
      FileMetaInformationVersion: new Uint8Array([0, 1]).buffer,
      MediaStorageSOPClassUID: CT_IMAGE_STORAGE,
      MediaStorageSOPInstanceUID: instance,
      TransferSyntaxUID: EXPLICIT_LITTLE_ENDIAN,
      ImplementationClassUID: uid("implementation"),
      ImplementationVersionName: "STACKBENCH",
    }));
    meta.dict = DicomMetaDictionary.denaturalizeDataset({
      ImageType: ["DERIVED", "SECONDARY", "AXIAL"],
      SOPClassUID: CT_IMAGE_STORAGE,
      SOPInstanceUID: instance,
      StudyDate: DATE,
      StudyTime: "000000",
      AccessionNumber: "",
      Modality: "CT",
      Manufacturer: "Stackbench phantom",
      InstitutionName: "NO INSTITUTION",
      ReferringPhysicianName: "",
      SeriesDescription: `Synthetic chest CT, seed ${seed}`,
      PatientName: `PHANTOM^SYNTHETIC ${person}`,
      PatientID: `PHANTOM-${person}`,
      PatientBirthDate: "",
      PatientSex: "",
      PatientComments: "Computed from a seed; no person was scanned",
      KVP: "",
      SliceThickness: decimal(Math.max(dz, parameters.thickness)),
      PatientPosition: "HFS",
      StudyInstanceUID: uid("study", ...scan),
      SeriesInstanceUID: uid("series", ...scan),
      StudyID: id,
      SeriesNumber: "1",
      AcquisitionNumber: "1",
      // As most scanners count, from the head down.
      InstanceNumber: String(slices - slice.z),
      ImagePositionPatient: [decimal(x), decimal(y), decimal(z + slice.z * dz)],
      ImageOrientationPatient: ["1", "0", "0", "0", "1", "0"],
      FrameOfReferenceUID: uid("frame", ...scan),
      PositionReferenceIndicator: "",
      SamplesPerPixel: 1,
      PhotometricInterpretation: "MONOCHROME2",
      Rows: rows,
      Columns: columns,
      PixelSpacing: [decimal(dy), decimal(dx)],
      BitsAllocated: 16,
      BitsStored: 12,
      HighBit: 11,
      PixelRepresentation: 0,
      WindowCenter: "-600",
      WindowWidth: "1500",
      RescaleIntercept: String(INTERCEPT),
      RescaleSlope: "1",
      RescaleType: "HU",
      PixelData: Uint16Array.from(slice.hu, (hu) => hu - INTERCEPT).buffer,
      _vrMap: { PixelData: "OW" },
    });
    return new Uint8Array(meta.write({ fragmentMultiframe: false }));
  };
}

/** A number as DICOM's decimal string, in whole nanometres and at most 16 characters. */
function decimal(value: number): string {
  return String(Number(value.toFixed(6)));
}

/** A UID of a phantom, from what it names. */
export function uid(...parts: readonly unknown[]): string {
  return hashedUid("stackbench phantom", ...parts);
}
