using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace Dosegate
{
    /// <summary>(3006,0042) Contour Geometric Type.</summary>
    public enum ContourType
    {
        ClosedPlanar = Abi.DOSEGATE_CONTOUR_CLOSED_PLANAR,
        Point = Abi.DOSEGATE_CONTOUR_POINT,
        OpenPlanar = Abi.DOSEGATE_CONTOUR_OPEN_PLANAR,
        OpenNonplanar = Abi.DOSEGATE_CONTOUR_OPEN_NONPLANAR,
        ClosedPlanarXor = Abi.DOSEGATE_CONTOUR_CLOSEDPLANAR_XOR
    }

    /// <summary>(3004,0002) Dose Units.</summary>
    public enum Units
    {
        Gy = Abi.DOSEGATE_UNITS_GY,
        CGy = Abi.DOSEGATE_UNITS_CGY,
        Relative = Abi.DOSEGATE_UNITS_RELATIVE
    }

    /// <summary>(3004,0004) Dose Type.</summary>
    public enum DoseType
    {
        Physical = Abi.DOSEGATE_DOSE_PHYSICAL,
        Effective = Abi.DOSEGATE_DOSE_EFFECTIVE,
        Error = Abi.DOSEGATE_DOSE_ERROR
    }

    /// <summary>(3004,000A) Dose Summation Type; see dosegate.h.</summary>
    public enum Summation
    {
        Plan = Abi.DOSEGATE_SUMMATION_PLAN,
        Fraction = Abi.DOSEGATE_SUMMATION_FRACTION,
        FractionSession = Abi.DOSEGATE_SUMMATION_FRACTION_SESSION,
        Beams = Abi.DOSEGATE_SUMMATION_BEAMS,
        MultiPlan = Abi.DOSEGATE_SUMMATION_MULTI_PLAN,
        Other = Abi.DOSEGATE_SUMMATION_OTHER
    }

    /// <summary>x, y, z of each point, mm, DICOM patient axes (LPS).</summary>
    public sealed class Contour
    {
        public Contour(double[] pointsMm, ContourType type = ContourType.ClosedPlanar)
        {
            PointsMm = pointsMm;
            Type = type;
        }

        public double[] PointsMm { get; }
        public ContourType Type { get; }
    }

    /// <summary>dosegate_structure: one ROI.</summary>
    public sealed class Structure
    {
        public int RoiNumber { get; set; }
        public string Name { get; set; }
        public IList<Contour> Contours { get; set; } = new List<Contour>();
        /// <summary>Null: not stated.</summary>
        public string InterpretedType { get; set; }
        /// <summary>Null: then no dose can be matched to it.</summary>
        public string FrameOfReferenceUid { get; set; }
        /// <summary>A sentence: why this structure cannot be relied on.</summary>
        public string Defect { get; set; }
        /// <summary>0: not stated.</summary>
        public double SlabThicknessMm { get; set; }
        /// <summary>The name in the case of the set that it is of; null: "".</summary>
        public string StructureSet { get; set; }

        internal dosegate_structure In(Scope scope)
        {
            var contours = new dosegate_contour[Contours.Count];
            for (var n = 0; n < contours.Length; ++n)
            {
                var points = Contours[n].PointsMm;
                if (points == null || points.Length % 3 != 0)
                {
                    throw new DosegateException(Status.InvalidArgument, "structure.contours[" + n + "].points_mm",
                                                "x, y, z of each point are expected");
                }
                contours[n].points_mm = scope.Pin(points);
                contours[n].point_count = (ulong)(points.Length / 3);
                contours[n].geometric_type = (int)Contours[n].Type;
            }
            return new dosegate_structure
            {
                struct_size = (uint)Marshal.SizeOf(typeof(dosegate_structure)),
                roi_number = RoiNumber,
                structure_set = scope.Text(StructureSet, "structure.structure_set"),
                name = scope.Text(Name, "structure.name"),
                interpreted_type = scope.Text(InterpretedType, "structure.interpreted_type"),
                frame_of_reference_uid = scope.Text(FrameOfReferenceUid, "structure.frame_of_reference_uid"),
                contours = scope.Pin(contours),
                contour_count = (ulong)contours.Length,
                defect = scope.Text(Defect, "structure.defect"),
                slab_thickness_mm = SlabThicknessMm
            };
        }
    }

    /// <summary>dosegate_slices: where the images lie that structures were drawn on.</summary>
    public sealed class Slices
    {
        /// <summary>The axis of the patient that the images are normal to: 0 x, 1 y, 2 z.</summary>
        public int Axis { get; set; } = 2;
        public string FrameOfReferenceUid { get; set; }
        public double[] AtMm { get; set; } = new double[0];

        internal dosegate_slices In(Scope scope)
        {
            return new dosegate_slices
            {
                struct_size = (uint)Marshal.SizeOf(typeof(dosegate_slices)),
                axis = Axis,
                frame_of_reference_uid = scope.Text(FrameOfReferenceUid, "slices.frame_of_reference_uid"),
                at_mm = scope.Pin(AtMm),
                count = (ulong)AtMm.Length
            };
        }
    }

    /// <summary>dosegate_dose: a grid. What decides on the meaning has no default: a zero is refused.</summary>
    public sealed class Dose
    {
        /// <summary>float, double, ushort or uint; flat, columns fastest, then rows, then planes, or of the shape
        /// [planes, rows, columns]. Null only with a Defect, and of a dose that is expected.</summary>
        public Array Values { get; set; }
        /// <summary>What stored values are multiplied with; 1 for float and double.</summary>
        public double Scaling { get; set; }
        public Units Units { get; set; }
        public DoseType DoseType { get; set; }
        public Summation Summation { get; set; }
        public uint Columns { get; set; }
        public uint Rows { get; set; }
        public uint Planes { get; set; }
        /// <summary>Centre of the first voxel.</summary>
        public double[] PositionMm { get; set; }
        /// <summary>Any direction in the patient; the column cosines are at a right angle to it.</summary>
        public double[] RowCosines { get; set; } = { 1, 0, 0 };
        public double[] ColumnCosines { get; set; } = { 0, 1, 0 };
        public double RowSpacingMm { get; set; }
        public double ColumnSpacingMm { get; set; }
        /// <summary>One a plane, relative to PositionMm.</summary>
        public double[] PlaneOffsetsMm { get; set; }
        public string FrameOfReferenceUid { get; set; }
        /// <summary>A sentence: why the dose could not be made whole.</summary>
        public string Defect { get; set; }
        /// <summary>The key: setting it again replaces the dose; null: "".</summary>
        public string NameInCase { get; set; }
        /// <summary>The names in the case of the plans that it sums; none: not stated.</summary>
        public IList<string> Plans { get; set; } = new List<string>();
        /// <summary>The name in the case of the set that it was calculated on; null: not stated.</summary>
        public string StructureSet { get; set; }

        internal static int TypeOf(Array values, string path)
        {
            // By the very type: to the runtime an int[] "is" a uint[], and negative numbers would become huge ones.
            var type = values == null || (values.Rank != 1 && values.Rank != 3) ? null : values.GetType().GetElementType();
            if (type == typeof(float)) return Abi.DOSEGATE_VALUES_FLOAT32;
            if (type == typeof(double)) return Abi.DOSEGATE_VALUES_FLOAT64;
            if (type == typeof(ushort)) return Abi.DOSEGATE_VALUES_UINT16;
            if (type == typeof(uint)) return Abi.DOSEGATE_VALUES_UINT32;
            throw new DosegateException(Status.InvalidArgument, path, "float, double, ushort or uint are taken, flat or [planes, rows, columns]");
        }

        private static double[] Three(double[] numbers, string path)
        {
            if (numbers == null || numbers.Length != 3) throw new DosegateException(Status.InvalidArgument, path, "three numbers are expected");
            return numbers;
        }

        internal dosegate_dose In(Scope scope)
        {
            if (Values != null && Values.Rank == 3 &&
                (Values.GetLength(0) != Planes || Values.GetLength(1) != Rows || Values.GetLength(2) != Columns))
            {
                throw new DosegateException(Status.InvalidArgument, "dose.values", "are not of the shape [planes, rows, columns] that is stated");
            }
            if (PlaneOffsetsMm == null || PlaneOffsetsMm.LongLength != Planes)
            {
                throw new DosegateException(Status.InvalidArgument, "dose.plane_offsets_mm", "one for each plane is expected");
            }
            var plans = new IntPtr[Plans.Count];
            for (var n = 0; n < plans.Length; ++n) plans[n] = scope.Text(Plans[n], "dose.plans[" + n + "]");
            return new dosegate_dose
            {
                name_in_case = scope.Text(NameInCase, "dose.name_in_case"),
                plans = scope.Pin(plans),
                plan_count = (ulong)plans.Length,
                structure_set = scope.Text(StructureSet, "dose.structure_set"),
                struct_size = (uint)Marshal.SizeOf(typeof(dosegate_dose)),
                value_type = Values == null ? Abi.DOSEGATE_VALUES_FLOAT32 : TypeOf(Values, "dose.values"),
                values = scope.Pin(Values),
                value_count = Values == null ? 0 : (ulong)Values.LongLength,
                scaling = Scaling,
                units = (int)Units,
                dose_type = (int)DoseType,
                summation = (int)Summation,
                columns = Columns,
                rows = Rows,
                planes = Planes,
                position_mm = Three(PositionMm, "dose.position_mm"),
                row_cosines = Three(RowCosines, "dose.row_cosines"),
                column_cosines = Three(ColumnCosines, "dose.column_cosines"),
                row_spacing_mm = RowSpacingMm,
                column_spacing_mm = ColumnSpacingMm,
                plane_offsets_mm = scope.Pin(PlaneOffsetsMm),
                frame_of_reference_uid = scope.Text(FrameOfReferenceUid, "dose.frame_of_reference_uid"),
                defect = scope.Text(Defect, "dose.defect")
            };
        }
    }
}
