// A host in Java, with JNA. usage: java -cp jna.jar Check.java dosegate.so PLAN.json
// Prints the report; exits 0 PASS, 1 FAIL, 2 INCOMPLETE, 3 where there is no verdict.
import com.sun.jna.Callback;
import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.Structure.FieldOrder;
import com.sun.jna.ptr.PointerByReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

public class Check {
    static final String FRAME = "1.2.826.0.1.3680043.8.498.1";
    static final int COLUMNS = 41, ROWS = 41, PLANES = 33;

    // The table's functions by slot, and the structs, as they stand in plugin/LAYOUT.md.
    enum Slot {
        ERROR_STATUS, ERROR_PATH, ERROR_MESSAGE, ERROR_RELEASE, DOCUMENT_JSON, DOCUMENT_RELEASE, PROTOCOL_LIST,
        PROTOCOL_BUILTIN, PROTOCOL_LOAD, PROTOCOL_LINT, PROTOCOL_JSON, PROTOCOL_RELEASE, CASE_CREATE, CASE_SET_PLAN,
        CASE_SET_OPTIONS, CASE_SET_STRUCTURE, CASE_REMOVE_STRUCTURE, CASE_SET_DOSE, CASE_SET_DOSE_PLANES, CASE_RELEASE,
        CHECK, DVH, REPORT_VERDICT, REPORT_JSON, REPORT_RELEASE, GET_EXTENSION
    }

    @FieldOrder({"data", "size"})
    public static class Text extends Structure {
        public static class ByValue extends Text implements Structure.ByValue {}
        public Pointer data;
        public long size;
        byte[] bytes() { return data == null ? new byte[0] : data.getByteArray(0, (int) size); }
        public String toString() { return new String(bytes(), StandardCharsets.UTF_8); }
    }

    public interface ShouldCancel extends Callback {
        int answer(Pointer user);
    }

    @FieldOrder({"struct_size", "threads", "user", "log", "progress", "should_cancel", "run_tasks"})
    public static class Host extends Structure {
        public int struct_size, threads;
        public Pointer user;
        public Pointer log, progress;
        public ShouldCancel should_cancel;
        public Pointer run_tasks;
    }

    @FieldOrder({"struct_size", "roi_number", "name", "interpreted_type", "frame_of_reference_uid", "contours", "contour_count",
                 "defect", "slab_thickness_mm", "structure_set"})
    public static class Roi extends Structure {
        public int struct_size, roi_number;
        public Pointer name, interpreted_type, frame_of_reference_uid, contours;
        public long contour_count;
        public Pointer defect;
        public double slab_thickness_mm;
        public Pointer structure_set;
    }

    // As far as this program states it: what struct_size ends before is not stated.
    @FieldOrder({"struct_size", "value_type", "values", "value_count", "scaling", "units", "dose_type", "summation", "columns",
                 "rows", "planes", "position_mm", "row_cosines", "column_cosines", "row_spacing_mm", "column_spacing_mm",
                 "plane_offsets_mm", "frame_of_reference_uid", "defect"})
    public static class Dose extends Structure {
        public int struct_size, value_type;
        public Pointer values;
        public long value_count;
        public double scaling;
        public int units, dose_type, summation, columns, rows, planes;
        public double[] position_mm = new double[3], row_cosines = new double[3], column_cosines = new double[3];
        public double row_spacing_mm, column_spacing_mm;
        public Pointer plane_offsets_mm, frame_of_reference_uid, defect;
    }

    @SuppressWarnings("serial")
    static class NoVerdict extends Exception {
        NoVerdict(String message) { super(message); }
    }

    final Pointer table;
    final PointerByReference error = new PointerByReference();

    Check(NativeLibrary library) throws NoVerdict {
        Memory in = new Memory(16), out = new Memory(8 + 8 + 8L * Slot.values().length);
        in.clear();
        out.clear();
        in.setInt(0, 16);
        in.setInt(4, 1); // the oldest and the newest ABI version that this program can use
        in.setInt(8, 1);
        out.setInt(0, (int) out.size());
        if (library.getFunction("dosegate_negotiate").invokeInt(new Object[] {in, out}) != 0) throw new NoVerdict("no usable dosegate.so");
        table = out;
    }

    Function function(Slot slot) { return Function.getFunction(table.getPointer(16 + 8L * slot.ordinal())); }
    Text text(Slot slot, Pointer of) { return (Text) function(slot).invoke(Text.ByValue.class, new Object[] {of}); }
    void release(Slot slot, PointerByReference what) { function(slot).invokeVoid(new Object[] {what.getValue()}); }

    // A call that can fail; its last argument is where the error goes.
    void call(Slot slot, Object... arguments) throws NoVerdict {
        Object[] all = java.util.Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = error;
        if (function(slot).invokeInt(all) == 0) return;
        String what = text(Slot.ERROR_PATH, error.getValue()) + ": " + text(Slot.ERROR_MESSAGE, error.getValue());
        release(Slot.ERROR_RELEASE, error);
        throw new NoVerdict(what);
    }

    // NUL-terminated, for as long as the object is held.
    static Memory utf8(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Memory memory = new Memory(bytes.length + 1);
        memory.write(0, bytes, 0, bytes.length);
        memory.setByte(bytes.length, (byte) 0);
        return memory;
    }

    static Text.ByValue json(Memory text) {
        Text.ByValue value = new Text.ByValue();
        value.data = text;
        value.size = text.size() - 1;
        return value;
    }

    // An ROI of the planning system: here a box, a rectangle every 10 mm.
    void setBox(Pointer c, int number, String name, double x, double y0, double y1, double z0) throws NoVerdict {
        int count = (int) (-z0 - z0) / 10;
        Memory points = new Memory(count * 96L), contours = new Memory(count * 24L), label = utf8(name), frame = utf8(FRAME);
        for (int i = 0; i < count; ++i) {
            double z = z0 + 5 + 10 * i;
            points.write(96L * i, new double[] {-x, y0, z, x, y0, z, x, y1, z, -x, y1, z}, 0, 12);
            contours.setPointer(24L * i, points.share(96L * i));
            contours.setLong(24L * i + 8, 4);
            contours.setLong(24L * i + 16, 1); // closed planar
        }
        Roi roi = new Roi();
        roi.struct_size = roi.size();
        roi.roi_number = number;
        roi.name = label;
        roi.frame_of_reference_uid = frame;
        roi.contours = contours;
        roi.contour_count = count;
        call(Slot.CASE_SET_STRUCTURE, c, roi); // copied: all of it may go now
    }

    void setDose(Pointer c) throws NoVerdict {
        Memory values = new Memory(4L * COLUMNS * ROWS * PLANES), offsets = new Memory(8L * PLANES), frame = utf8(FRAME);
        long at = 0; // columns fastest, then rows, then planes
        for (int p = 0; p < PLANES; ++p) {
            offsets.setDouble(8L * p, 5.0 * p);
            for (int r = 0; r < ROWS; ++r) {
                for (int k = 0; k < COLUMNS; ++k, at += 4) {
                    values.setFloat(at, Math.abs(k - 20) <= 8 && Math.abs(r - 20) <= 8 && Math.abs(p - 16) <= 8 ? 45 : 5);
                }
            }
        }
        Dose dose = new Dose();
        dose.struct_size = dose.size();
        dose.value_type = 1; // float
        dose.values = values;
        dose.value_count = (long) COLUMNS * ROWS * PLANES;
        dose.scaling = 1;
        dose.units = dose.dose_type = dose.summation = 1; // Gy, physical, of the plan
        dose.columns = COLUMNS;
        dose.rows = ROWS;
        dose.planes = PLANES;
        dose.position_mm = new double[] {-100, -100, -80}; // of the first voxel's centre
        dose.row_cosines = new double[] {1, 0, 0};
        dose.column_cosines = new double[] {0, 1, 0};
        dose.row_spacing_mm = dose.column_spacing_mm = 5;
        dose.plane_offsets_mm = offsets;
        dose.frame_of_reference_uid = frame;
        call(Slot.CASE_SET_DOSE, c, dose);
    }

    int check(byte[] plan) throws NoVerdict {
        PointerByReference protocol = new PointerByReference(), c = new PointerByReference(), report = new PointerByReference();
        ShouldCancel button = user -> 0; // of yours; held for as long as the case
        Host host = new Host();
        host.struct_size = host.size();
        host.threads = 4;
        host.should_cancel = button;
        try {
            call(Slot.PROTOCOL_BUILTIN, null, protocol);
            call(Slot.CASE_CREATE, host, c);
            call(Slot.CASE_SET_PLAN, c.getValue(), json(utf8(new String(plan, StandardCharsets.UTF_8))));
            call(Slot.CASE_SET_OPTIONS, c.getValue(), json(utf8("{\"scope\": \"PLAN_ONLY\"}")));
            setBox(c.getValue(), 3, "PTV", 20, -20, 20, -30);
            setBox(c.getValue(), 9, "SpinalCord", 5, 30, 40, -60);
            setDose(c.getValue());
            call(Slot.CHECK, c.getValue(), protocol.getValue(), report);
            byte[] json = text(Slot.REPORT_JSON, report.getValue()).bytes(); // lives until the report is released; this is a copy
            System.out.write(json, 0, json.length);
            System.out.flush();
            return function(Slot.REPORT_VERDICT).invokeInt(new Object[] {report.getValue()}) - 1;
        } finally {
            release(Slot.REPORT_RELEASE, report);
            release(Slot.CASE_RELEASE, c);
            release(Slot.PROTOCOL_RELEASE, protocol);
        }
    }

    public static void main(String[] arguments) {
        int code = 3; // no verdict is no pass
        try {
            if (arguments.length != 2) throw new NoVerdict("usage: Check dosegate.so PLAN.json");
            byte[] plan = Files.readAllBytes(Path.of(arguments[1]));
            NativeLibrary library = NativeLibrary.getInstance(Path.of(arguments[0]).toAbsolutePath().toString());
            code = new Check(library).check(plan);
            library.close();
        } catch (NoVerdict e) {
            System.err.println(e.getMessage());
        } catch (Exception | UnsatisfiedLinkError e) {
            System.err.println(e);
        }
        System.exit(code);
    }
}
