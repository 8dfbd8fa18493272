"""What scripts that put load on a dosegate-grpc share: certificates, a server over mutual TLS, the project's own client by one of them."""
import array, json, os, pathlib, shutil, subprocess, sys

HERE = pathlib.Path(__file__).resolve().parent
CLIENTS = HERE / "clients/python"
CLIENT_NAMES = ("honest.example", "hostile.example")
NOBODY = "nobody.example"  # has a certificate, and no right
RIGHTS = json.dumps({"clients": [{"name": n, "rights": ["CHECK", "APPROVE"]} for n in CLIENT_NAMES]})


def missing(what):
    print(f"skipped: {what} is not here; scripts/install brings it")
    sys.exit(77)


def certificates(folder):
    def openssl(*arguments):
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, cwd=folder)
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-days", 2, "-subj", "/CN=authority", "-out", "ca.pem")
    for name, alternative in (("server", "DNS:localhost,IP:127.0.0.1"), *((n, "DNS:" + n) for n in (*CLIENT_NAMES, NOBODY))):
        (folder / "ext").write_text("subjectAltName=" + alternative)
        openssl("req", *key, "-keyout", name + ".key", "-subj", "/CN=" + name, "-out", name + ".csr")
        openssl("x509", "-req", "-in", name + ".csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", 2,
                "-extfile", "ext", "-out", name + ".pem")


class Use:
    """The project's own client, by one certificate."""

    def __init__(self, folder, address, name):
        os.environ.update(DOSEGATE_STUBS=str(folder / "stubs"), GRPC_VERBOSITY="NONE")
        sys.path.insert(0, str(CLIENTS))
        import grpc, dosegate_client, liver_case
        self.grpc, self.dosegate, self.liver = grpc, dosegate_client, liver_case
        self.pb, self.dose_pb2 = dosegate_client.service_pb2, dosegate_client.dose_pb2
        self.connect = lambda: dosegate_client.connect(address, *(str(folder / f) for f in ("ca.pem", name + ".pem", name + ".key")))
        self.stub = dosegate_client.service_pb2_grpc.PlanCheckServiceStub

    def upload(self, plans, name, shape, spacing):
        columns, rows, planes = shape
        header = self.dose_pb2.DoseHeader(
            scaling=1, units=self.dose_pb2.DoseHeader.GY, dose_type=self.dose_pb2.DoseHeader.PHYSICAL,
            summation=self.dose_pb2.DoseHeader.PLAN, columns=columns, rows=rows, planes=planes, position_mm=(0, 0, 0),
            row_cosines=(1, 0, 0), column_cosines=(0, 1, 0), column_spacing_mm=spacing[0], row_spacing_mm=spacing[1],
            plane_offsets_mm=[spacing[2] * p for p in range(planes)], frame_of_reference_uid="2.25.11811")
        dose, request = self.dosegate.Dose(header, array.array("f", [40 + 0.001 * (i % 997) for i in range(columns * rows)]) * planes), self.pb.UploadDoseRequest
        def messages():
            yield request(open=request.Open(name=name, header=dose.header))
            for chunk in dose.chunks():
                yield request(chunk=chunk)
        plans.UploadDose(messages(), timeout=120)

    def structures(self, plans, name, contours_of, count):
        plans.SetStructures(self.pb.SetStructuresRequest(name=name, structures=[
            self.dosegate.structure(k, f"S{k}", contours_of, "2.25.11811", "ORGAN") for k in range(1, count + 1)]), timeout=120)


def prepare(folder):
    """Stubs, certificates and rights; ends the script with 77 where something is missing."""
    for program in ("openssl", "grpc_python_plugin"):
        shutil.which(program) or missing(program)
    try:
        import grpc
    except ImportError:
        missing("python3-grpcio")
    os.environ["GRPC_VERBOSITY"] = "NONE"  # it would comment on every failed call
    subprocess.run([CLIENTS / "make_stubs", folder / "stubs"], check=True, stdin=subprocess.DEVNULL)
    certificates(folder)
    (folder / "rights.json").write_text(RIGHTS)


def start_server(program, folder, *options, listen="127.0.0.1:0", stderr=subprocess.DEVNULL):
    """The process and its address; None where it does not serve."""
    server = subprocess.Popen([program, "--listen", listen, "--tls-cert", folder / "server.pem", "--tls-key", folder / "server.key",
                               "--tls-clients", folder / "ca.pem", "--rights", folder / "rights.json", *options],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr, text=True)
    line = server.stdout.readline()
    return server, line.split()[-1] if line else None
