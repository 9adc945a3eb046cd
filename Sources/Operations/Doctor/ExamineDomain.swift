import Bulletin
import Foundation
import Mail
import Publishing
import Settings

/// Looks up the DNS records of the domains that our mail comes from and returns to: SPF (RFC 7208), DMARC (RFC 7489),
/// MX, and the DKIM key's record. Waits for name servers.
struct ExamineDomain {
    let configuration: Configuration
    let resolver: Resolver

    private var from: String { configuration.bulletin.from.address.domain }
    private var returns: String { configuration.delivery.returnAddress.domain }

    func senderPolicy() -> [DoctorFinding] {
        look("SPF", of: returns, .txt) { records in
            let policies = texts(records).filter { $0.lowercased() == "v=spf1" || $0.lowercased().hasPrefix("v=spf1 ") }
            let place = "publish a TXT record at \(returns)"
            guard let policy = policies.first else {
                return DoctorFinding(
                    .domain, "SPF", .wrong, "\(returns) has no SPF record: large providers refuse such mail",
                    "\(place): \"v=spf1 mx -all\", and replace mx with the terms from your relay's guide")
            }
            guard policies.count == 1 else {
                return DoctorFinding(
                    .domain, "SPF", .wrong, "\(returns) has \(policies.count) SPF records, which is an error",
                    "merge them into one TXT record that begins with v=spf1")
            }
            let terms = policy.lowercased().split(separator: " ")
            if terms.contains("+all") || terms.contains("all") {
                return DoctorFinding(
                    .domain, "SPF", .wrong, "the SPF record of \(returns) lets anyone send: \(policy)",
                    "end it with ~all or -all")
            }
            guard
                terms.contains("-all") || terms.contains("~all") || terms.contains(where: { $0.hasPrefix("redirect=") })
            else {
                return DoctorFinding(
                    .domain, "SPF", .warning, "the SPF record of \(returns) forbids no sender: \(policy)",
                    "end it with ~all or -all")
            }
            return DoctorFinding(.domain, "SPF", .good, "\(returns): \(policy)")
        }
    }

    func dmarc() -> [DoctorFinding] {
        // RFC 7489 section 6.6.3: the domain itself, then its organisational domain.
        let labels = from.split(separator: ".")
        let places = (0...max(0, labels.count - 2)).map { labels[$0...].joined(separator: ".") }
        do {
            for place in places {
                let policies = texts(try resolver.records("_dmarc.\(place)", .txt))
                    .filter { $0.lowercased().hasPrefix("v=dmarc1") }
                guard let policy = policies.first else { continue }
                guard policies.count == 1 else {
                    return [
                        DoctorFinding(
                            .domain, "DMARC", .wrong,
                            "_dmarc.\(place) has \(policies.count) records: none of them counts",
                            "remove all but one")
                    ]
                }
                let tags = Self.tags(policy)
                guard let request = tags["p"], ["none", "quarantine", "reject"].contains(request.lowercased()) else {
                    return [
                        DoctorFinding(
                            .domain, "DMARC", .wrong, "_dmarc.\(place) has no policy: \(policy)", "add p=none to it")
                    ]
                }
                return [DoctorFinding(.domain, "DMARC", .good, "\(place): \(policy)")]
            }
        } catch { return [unasked("DMARC", error)] }
        return [
            DoctorFinding(
                .domain, "DMARC", .warning, "\(from) has no DMARC record, which large providers ask of bulk senders",
                "publish a TXT record at _dmarc.\(from): \"v=DMARC1; p=none\"")
        ]
    }

    /// Bounces come back to the host of the MX record.
    func exchanges() -> [DoctorFinding] {
        look("MX", of: returns, .mx) { records in
            let hosts = records.compactMap { record -> (Int, String)? in
                if case .exchange(let preference, let host) = record { (preference, host) } else { nil }
            }.sorted { $0.0 < $1.0 }.map(\.1)
            if hosts == [""] {
                return DoctorFinding(
                    .domain, "MX", .wrong, "\(returns) says that it takes no mail, but bounces come back to it",
                    "set delivery.returnAddress to an address that takes mail")
            }
            guard hosts.isEmpty else {
                return DoctorFinding(.domain, "MX", .good, "\(returns): \(hosts.joined(separator: ", "))")
            }
            let hasAddress = [DNSKind.a, .aaaa].contains { (try? resolver.records(returns, $0))?.isEmpty == false }
            return hasAddress
                ? DoctorFinding(
                    .domain, "MX", .warning, "\(returns) has no MX record: bounces go to the host of that name",
                    "publish an MX record that names the host that takes mail for \(returns)")
                : DoctorFinding(
                    .domain, "MX", .wrong, "\(returns) takes no mail: bounces and answers are lost",
                    "publish an MX record, or set delivery.returnAddress to an address that takes mail")
        }
    }

    private func look(
        _ topic: String, of name: String, _ kind: DNSKind, _ body: ([DNSRecord]) -> DoctorFinding
    ) -> [DoctorFinding] {
        do { return [body(try resolver.records(name, kind))] } catch { return [unasked(topic, error)] }
    }

    private func unasked(_ topic: String, _ error: any Error) -> DoctorFinding {
        DoctorFinding(
            .domain, topic, .warning, "could not be reached: \(error)",
            "check that this machine can reach a name server")
    }

    private func texts(_ records: [DNSRecord]) -> [String] {
        records.compactMap { if case .text(let text) = $0 { text } else { nil } }
    }

    /// `k=v; k=v`, as in DMARC and DKIM records (RFC 6376 section 3.2); names in lower case.
    static func tags(_ text: String) -> [String: String] {
        var tags: [String: String] = [:]
        for part in text.split(separator: ";") {
            guard let equals = part.firstIndex(of: "=") else { continue }
            let name = part[..<equals].trimmingCharacters(in: .whitespaces).lowercased()
            tags[name] = part[part.index(after: equals)...].trimmingCharacters(in: .whitespaces)
        }
        return tags
    }

    // MARK: DKIM

    /// For each signing key: whether the published key is its other half.
    func signatures() -> [DoctorFinding] {
        guard !configuration.dkim.isEmpty else {
            return [
                DoctorFinding(
                    .domain, "DKIM", .warning,
                    "messages are not signed: providers trust them less and show no unsubscribe button",
                    "fortnight dkim generate, and publish the record that it prints")
            ]
        }
        return configuration.dkim.flatMap { section -> [DoctorFinding] in
            do {
                return signature(section, try configuration.identity(section).key.publicBytes())
            } catch {
                return [DoctorFinding(.domain, "DKIM", .wrong, "\(error)", "correct that first")]
            }
        }
    }

    private func signature(_ section: Configuration.DKIMSection, _ key: [UInt8]) -> [DoctorFinding] {
        let name = "\(section.selector)._domainkey.\(section.domain)"
        return look("DKIM", of: name, .txt) { records in
            let keys = texts(records).map { Self.tags($0) }.filter { $0["p"] != nil }
            guard let published = keys.first?["p"]?.filter({ !$0.isWhitespace }) else {
                return DoctorFinding(
                    .domain, "DKIM", .wrong, "there is no key at \(name): signatures do not verify",
                    "publish the record that fortnight dkim show prints")
            }
            guard keys.count == 1 else {
                return DoctorFinding(
                    .domain, "DKIM", .wrong, "\(name) has \(keys.count) keys",
                    "keep the one that fortnight dkim show prints")
            }
            guard !published.isEmpty else {
                return DoctorFinding(
                    .domain, "DKIM", .wrong, "the key at \(name) was withdrawn",
                    "make a new key with a new selector: fortnight dkim generate")
            }
            guard published == Data(key).base64EncodedString() else {
                return DoctorFinding(
                    .domain, "DKIM", .wrong,
                    "the key at \(name) is not that of \(section.keyFile): signatures do not verify",
                    "publish the record that fortnight dkim show prints")
            }
            return DoctorFinding(.domain, "DKIM", .good, "\(name) has the signing key")
        }
    }
}
