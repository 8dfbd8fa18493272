// A host in Rust, without crates. usage: check dosegate.so PLAN.json
// Prints the report; exits 0 PASS, 1 FAIL, 2 INCOMPLETE, 3 where there is no verdict.
use std::ffi::{c_char, c_int, c_void, CStr, CString};
use std::io::Write;
use std::{mem, ptr};

const FRAME: &CStr = unsafe { CStr::from_bytes_with_nul_unchecked(b"1.2.826.0.1.3680043.8.498.1\0") };
const COLUMNS: usize = 41;
const ROWS: usize = 41;
const PLANES: usize = 33;

#[link(name = "dl")]
extern "C" {
    fn dlopen(path: *const c_char, how: c_int) -> *mut c_void;
    fn dlsym(library: *mut c_void, name: *const c_char) -> *mut c_void;
    fn dlclose(library: *mut c_void) -> c_int;
}

type Handle = *mut c_void; // of a protocol, case, report or error
type Status = i32;

#[repr(C)]
#[derive(Clone, Copy)]
struct Text {
    data: *const u8,
    size: usize,
}

#[repr(C)]
struct NegotiateIn {
    struct_size: u32,
    abi_min: u32,
    abi_max: u32,
    reserved: u32,
}

#[repr(C)]
struct Host {
    struct_size: u32,
    threads: u32,
    user: *mut c_void,
    log: *const c_void,
    progress: *const c_void,
    should_cancel: Option<unsafe extern "C" fn(*mut c_void) -> i32>,
    run_tasks: *const c_void,
}

#[repr(C)]
struct Contour {
    points_mm: *const f64,
    point_count: u64,
    geometric_type: i32,
    reserved: u32,
}

#[repr(C)]
struct Roi {
    struct_size: u32,
    roi_number: i32,
    name: *const c_char,
    interpreted_type: *const c_char,
    frame_of_reference_uid: *const c_char,
    contours: *const Contour,
    contour_count: u64,
    defect: *const c_char,
}

#[repr(C)]
struct Dose {
    struct_size: u32,
    value_type: i32,
    values: *const c_void,
    value_count: u64,
    scaling: f64,
    units: i32,
    dose_type: i32,
    summation: i32,
    columns: u32,
    rows: u32,
    planes: u32,
    position_mm: [f64; 3],
    row_cosines: [f64; 3],
    column_cosines: [f64; 3],
    row_spacing_mm: f64,
    column_spacing_mm: f64,
    plane_offsets_mm: *const f64,
    frame_of_reference_uid: *const c_char,
    defect: *const c_char,
}

// The table as plugin/LAYOUT.md has it, to get_extension; what is not called is a pointer.
#[repr(C)]
struct Api {
    struct_size: u32,
    abi_version: u32,
    engine_version: *const c_char,
    error_status: *const c_void,
    error_path: unsafe extern "C" fn(Handle) -> Text,
    error_message: unsafe extern "C" fn(Handle) -> Text,
    error_release: unsafe extern "C" fn(Handle),
    document_and_list: [*const c_void; 3],
    protocol_builtin: unsafe extern "C" fn(*const c_char, *mut Handle, *mut Handle) -> Status,
    protocol_load_lint_json: [*const c_void; 3],
    protocol_release: unsafe extern "C" fn(Handle),
    case_create: unsafe extern "C" fn(*const Host, *mut Handle, *mut Handle) -> Status,
    case_set_plan: unsafe extern "C" fn(Handle, Text, *mut Handle) -> Status,
    case_set_options: unsafe extern "C" fn(Handle, Text, *mut Handle) -> Status,
    case_set_structure: unsafe extern "C" fn(Handle, *const Roi, *mut Handle) -> Status,
    case_remove_structure: *const c_void,
    case_set_dose: unsafe extern "C" fn(Handle, *const Dose, *mut Handle) -> Status,
    case_set_dose_planes: *const c_void,
    case_release: unsafe extern "C" fn(Handle),
    check: unsafe extern "C" fn(Handle, Handle, *mut Handle, *mut Handle) -> Status,
    dvh: *const c_void,
    report_verdict: unsafe extern "C" fn(Handle) -> i32,
    report_json: unsafe extern "C" fn(Handle) -> Text,
    report_release: unsafe extern "C" fn(Handle),
    get_extension: *const c_void,
}

type Negotiate = unsafe extern "C" fn(*const NegotiateIn, *mut Api) -> Status;

fn text(json: &[u8]) -> Text {
    Text { data: json.as_ptr(), size: json.len() }
}

unsafe fn copied(text: Text) -> Vec<u8> {
    if text.size == 0 { Vec::new() } else { std::slice::from_raw_parts(text.data, text.size).to_vec() }
}

unsafe extern "C" fn should_cancel(user: *mut c_void) -> i32 {
    *(user as *const i32) // a button of yours; callbacks do not panic
}

// Of a call that can fail: its error, as what went wrong.
unsafe fn done(api: &Api, status: Status, error: Handle) -> Result<(), String> {
    if status == 0 {
        return Ok(());
    }
    let said = |t| String::from_utf8_lossy(&copied(t)).into_owned();
    let what = format!("{}: {}", said((api.error_path)(error)), said((api.error_message)(error)));
    (api.error_release)(error);
    Err(what)
}

// A handle that releases itself.
struct Owned {
    handle: Handle,
    release: unsafe extern "C" fn(Handle),
}

impl Drop for Owned {
    fn drop(&mut self) {
        unsafe { (self.release)(self.handle) }
    }
}

// An ROI of the planning system: here a box, a rectangle every 10 mm.
unsafe fn set_box(api: &Api, case: &Owned, number: i32, name: &str, x: f64, y: [f64; 2], z0: i32) -> Result<(), String> {
    let points: Vec<[f64; 12]> = (z0 + 5..-z0).step_by(10).map(f64::from)
        .map(|z| [-x, y[0], z, x, y[0], z, x, y[1], z, -x, y[1], z]).collect();
    let contours: Vec<Contour> = points.iter()
        .map(|p| Contour { points_mm: p.as_ptr(), point_count: 4, geometric_type: 1, reserved: 0 }).collect(); // 1: closed planar
    let name = CString::new(name).map_err(|e| e.to_string())?;
    let roi = Roi {
        struct_size: mem::size_of::<Roi>() as u32, roi_number: number, name: name.as_ptr(), interpreted_type: ptr::null(),
        frame_of_reference_uid: FRAME.as_ptr(), contours: contours.as_ptr(), contour_count: contours.len() as u64, defect: ptr::null(),
    };
    let mut error = ptr::null_mut();
    let status = (api.case_set_structure)(case.handle, &roi, &mut error); // copied: points and contours may go now
    done(api, status, error)
}

unsafe fn set_dose(api: &Api, case: &Owned) -> Result<(), String> {
    let far = |a: usize, from: usize| a.abs_diff(from) > 8;
    let mut values: Vec<f32> = Vec::with_capacity(COLUMNS * ROWS * PLANES); // columns fastest, then rows, then planes
    for p in 0..PLANES {
        for r in 0..ROWS {
            values.extend((0..COLUMNS).map(|k| if far(k, 20) || far(r, 20) || far(p, 16) { 5.0 } else { 45.0 }));
        }
    }
    let offsets: Vec<f64> = (0..PLANES).map(|p| 5.0 * p as f64).collect();
    let dose = Dose {
        struct_size: mem::size_of::<Dose>() as u32, value_type: 1, values: values.as_ptr() as *const c_void, // 1: float
        value_count: values.len() as u64, scaling: 1.0, units: 1, dose_type: 1, summation: 1, // Gy, physical, of the plan
        columns: COLUMNS as u32, rows: ROWS as u32, planes: PLANES as u32,
        position_mm: [-100.0, -100.0, -80.0], // of the first voxel's centre
        row_cosines: [1.0, 0.0, 0.0], column_cosines: [0.0, 1.0, 0.0], row_spacing_mm: 5.0, column_spacing_mm: 5.0,
        plane_offsets_mm: offsets.as_ptr(), frame_of_reference_uid: FRAME.as_ptr(), defect: ptr::null(),
    };
    let mut error = ptr::null_mut();
    let status = (api.case_set_dose)(case.handle, &dose, &mut error);
    done(api, status, error)
}

// The report and its verdict.
unsafe fn check(api: &Api, plan: &[u8]) -> Result<(Vec<u8>, i32), String> {
    let mut stop = 0_i32;
    let host = Host {
        struct_size: mem::size_of::<Host>() as u32, threads: 4, user: &mut stop as *mut i32 as *mut c_void, log: ptr::null(),
        progress: ptr::null(), should_cancel: Some(should_cancel), run_tasks: ptr::null(),
    };
    let mut error = ptr::null_mut();
    let mut protocol = Owned { handle: ptr::null_mut(), release: api.protocol_release };
    done(api, (api.protocol_builtin)(ptr::null(), &mut protocol.handle, &mut error), error)?;
    let mut case = Owned { handle: ptr::null_mut(), release: api.case_release };
    done(api, (api.case_create)(&host, &mut case.handle, &mut error), error)?;
    done(api, (api.case_set_plan)(case.handle, text(plan), &mut error), error)?;
    done(api, (api.case_set_options)(case.handle, text(b"{\"scope\": \"PLAN_ONLY\"}"), &mut error), error)?;
    set_box(api, &case, 3, "PTV", 20.0, [-20.0, 20.0], -30)?;
    set_box(api, &case, 9, "SpinalCord", 5.0, [30.0, 40.0], -60)?;
    set_dose(api, &case)?;
    let mut report = Owned { handle: ptr::null_mut(), release: api.report_release };
    done(api, (api.check)(case.handle, protocol.handle, &mut report.handle, &mut error), error)?;
    Ok((copied((api.report_json)(report.handle)), (api.report_verdict)(report.handle)))
}

unsafe fn run(arguments: &[String]) -> Result<i32, String> {
    if arguments.len() != 3 {
        return Err("usage: check dosegate.so PLAN.json".to_string());
    }
    let plan = std::fs::read(&arguments[2]).map_err(|e| format!("{}: {}", arguments[2], e))?;
    let path = CString::new(arguments[1].as_str()).map_err(|e| e.to_string())?;
    let library = dlopen(path.as_ptr(), 2); // RTLD_NOW
    let entry = if library.is_null() { ptr::null_mut() } else { dlsym(library, b"dosegate_negotiate\0".as_ptr() as *const c_char) };
    if entry.is_null() {
        return Err("no usable dosegate.so".to_string());
    }
    let negotiate: Negotiate = mem::transmute(entry);
    let ours = NegotiateIn { struct_size: mem::size_of::<NegotiateIn>() as u32, abi_min: 1, abi_max: 1, reserved: 0 };
    let mut api = mem::MaybeUninit::<Api>::zeroed();
    *(api.as_mut_ptr() as *mut u32) = mem::size_of::<Api>() as u32;
    if negotiate(&ours, api.as_mut_ptr()) != 0 {
        return Err("no usable dosegate.so".to_string());
    }
    let (report, verdict) = check(&api.assume_init(), &plan)?;
    dlclose(library); // after every release; it stays mapped
    std::io::stdout().write_all(&report).map_err(|e| e.to_string())?;
    Ok(verdict - 1)
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    std::process::exit(unsafe { run(&arguments) }.unwrap_or_else(|what| {
        eprintln!("{}", what);
        3 // no verdict is no pass
    }));
}
