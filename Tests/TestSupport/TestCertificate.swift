import Foundation

/// A certificate authority made for one test, and a server certificate it signed: PEM files in the test's folder.
///
/// Needs `openssl` (Debian package `openssl`).
package struct TestCertificate: Sendable {
    /// The authority's certificate, for clients to trust.
    package let authority: String
    /// The server's certificate.
    package let chain: String
    /// The server's private key, without a password.
    package let key: String

    /// Makes both in the folder. The server may be reached by any of the names, domain names and IP addresses; the
    /// certificate is valid for `days` from now, and with a number below 0 has already expired.
    package static func make(
        in folder: String, names: [String] = ["localhost", "127.0.0.1", "inbox.example.org"], days: Int = 2
    ) async throws -> TestCertificate {
        let openssl = try Programs.system("openssl", package: "openssl")
        func run(_ arguments: [String]) async throws {
            let ending = try await ProgramRun.run(openssl, arguments, folder: folder)
            guard ending.status == 0 else { throw ProgramRun.Fault.failed("openssl \(arguments[0])", ending) }
        }
        let made = TestCertificate(
            authority: "\(folder)/authority.pem", chain: "\(folder)/server.pem", key: "\(folder)/server.key")
        let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        try await run(
            ["req", "-x509", "-subj", "/CN=Test authority", "-days", "2", "-keyout", "authority.key", "-out"]
                + [made.authority] + curve)
        try await run(
            ["req", "-subj", "/CN=\(names.first ?? "localhost")", "-keyout", made.key, "-out", "server.csr"] + curve)
        let alternatives = names.map { name in
            name.allSatisfy { $0.isNumber || $0 == "." } || name.contains(":") ? "IP:\(name)" : "DNS:\(name)"
        }
        try "subjectAltName=\(alternatives.joined(separator: ","))\n"
            .write(toFile: "\(folder)/server.ext", atomically: false, encoding: .utf8)
        try await run(
            ["x509", "-req", "-in", "server.csr", "-CA", made.authority, "-CAkey", "authority.key", "-CAcreateserial"]
                + ["-days", String(days), "-extfile", "server.ext", "-out", made.chain])
        return made
    }
}
