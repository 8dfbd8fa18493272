#include "tests/grpc/certificates.h"

#include <catch2/catch.hpp>

#include "tests/e2e/run_program.h"

namespace dosegate::grpc_test {
namespace {

int issued = 0;

void require(const std::vector<std::string>& arguments) {
  const Said said = openssl(arguments);
  INFO(said.text);
  REQUIRE(said.exit_code == 0);
}

}  // namespace

Said openssl(const std::vector<std::string>& arguments) {
  std::vector<std::string> all = {"openssl"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  const e2e::Outcome outcome = e2e::run(all, {}, "/usr/bin/env");
  return {outcome.exit_code, outcome.out + outcome.err};
}

Authority::Authority(const std::filesystem::path& folder, const std::string& name)
    : folder_(folder), name_(name), own_{(folder / (name + ".pem")).string(), (folder / (name + ".key")).string()} {
  require({"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", own_.key,
           "-out", own_.certificate, "-subj", "/CN=" + name, "-days", "30"});
}

Identity Authority::issue(const std::string& name, const std::string& alternatives, const Wanted& wanted) const {
  const std::string stem = (folder_ / (name_ + "-" + name + "-" + std::to_string(++issued))).string();
  Identity made{stem + ".pem", stem + ".key"};
  std::vector<std::string> request = {"req", "-new", "-nodes", "-keyout", made.key, "-out", stem + ".csr"};
  request.insert(request.end(), {"-subj", name.empty() ? "/" : "/CN=" + name, "-newkey"});
  if (wanted.is_weak) {
    request.emplace_back("rsa:1024");
  } else {
    request.insert(request.end(), {"ec", "-pkeyopt", "ec_paramgen_curve:P-256"});
  }
  require(request);
  const std::string extensions = stem + ".ext";
  e2e::write_file(extensions,
                  alternatives.empty() ? "basicConstraints = CA:FALSE\n" : "subjectAltName = " + alternatives + "\n");
  if (wanted.begins.empty()) {
    require({"x509", "-req", "-in", stem + ".csr", "-CA", own_.certificate, "-CAkey", own_.key, "-CAcreateserial",
             "-days", std::to_string(wanted.days), "-extfile", extensions, "-out", made.certificate});
    return made;
  }
  // Only an authority with a database sets the time of its beginning.
  e2e::write_file(stem + ".index", "");
  e2e::write_file(stem + ".serial", "1000\n");
  e2e::write_file(stem + ".cnf", "[ca]\ndefault_ca = own\n[own]\ndatabase = " + stem + ".index\nserial = " + stem +
                                     ".serial\nnew_certs_dir = " + folder_.string() +
                                     "\ndefault_md = sha256\npolicy = any\n[any]\ncommonName = supplied\n");
  require({"ca", "-batch", "-notext", "-config", stem + ".cnf", "-in", stem + ".csr", "-cert", own_.certificate,
           "-keyfile", own_.key, "-startdate", wanted.begins, "-enddate", "99991231235959Z", "-extfile", extensions,
           "-out", made.certificate});
  return made;
}

std::shared_ptr<grpc::ChannelCredentials> credentials(const std::string& authority, const Identity* identity) {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = e2e::read_file(authority);
  if (identity != nullptr) {
    options.pem_cert_chain = e2e::read_file(identity->certificate);
    options.pem_private_key = e2e::read_file(identity->key);
  }
  return grpc::SslCredentials(options);
}

}  // namespace dosegate::grpc_test
