#include "tests/grpc/certificates.h"

#include <catch2/catch.hpp>

#include "tests/e2e/run_program.h"

namespace dosegate::grpc_test {
namespace {

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

Identity Authority::issue(const std::string& name, const std::string& alternatives, int days) const {
  const std::string stem =
      (folder_ / (name_ + "-" + name + "-" + std::to_string(days) + std::to_string(alternatives.size()))).string();
  Identity made{stem + ".pem", stem + ".key"};
  require({"req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", made.key, "-out",
           stem + ".csr", "-subj", "/CN=" + name});
  e2e::write_file(stem + ".ext",
                  alternatives.empty() ? "basicConstraints = CA:FALSE\n" : "subjectAltName = " + alternatives + "\n");
  require({"x509", "-req", "-in", stem + ".csr", "-CA", own_.certificate, "-CAkey", own_.key, "-CAcreateserial",
           "-days", std::to_string(days), "-extfile", stem + ".ext", "-out", made.certificate});
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
