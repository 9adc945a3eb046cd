import Basics
import CCurl
import Foundation

/// The certificates that a peer showed, as libcurl keeps them (`CURLOPT_CERTINFO`).
enum Certificate {
    /// When the peer's own certificate, the first of the chain, expires; nil without TLS.
    static func end(_ handle: UnsafeMutableRawPointer) -> Date? {
        var chain: UnsafeMutablePointer<curl_certinfo>?
        guard fortnight_curl_get_certificates(handle, &chain) == CURLE_OK, let chain,
            chain.pointee.num_of_certs > 0, let list = chain.pointee.certinfo
        else { return nil }
        var entry = list[0]
        while let line = entry {
            if let data = line.pointee.data {
                let text = String(cString: data)
                if text.hasPrefix("Expire date:") { return date(text.dropFirst("Expire date:".count)) }
            }
            entry = line.pointee.next
        }
        return nil
    }

    /// `Nov 25 03:37:31 2027 GMT`, as OpenSSL writes times; or `2027-11-25 03:37:31 GMT`, as other libraries do.
    static func date(_ text: some StringProtocol) -> Date? {
        let words = text.split { $0 == " " }.map { String($0) }
        guard words.count >= 3 else { return nil }
        if words[0].contains("-") { return LocalDateTime("\(words[0]) \(words[1])")?.instant(in: .gmt) }
        guard words.count >= 4, let month = monthAbbreviations.firstIndex(of: words[0]), let day = Int(words[1]),
            let year = Int(words[3]), let date = LocalDate(year: year, month: month + 1, day: day),
            let time = LocalTime(words[2])
        else { return nil }
        return LocalDateTime(date, time).instant(in: .gmt)
    }
}
