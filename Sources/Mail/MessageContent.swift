/// The content of a message, with the header fields that describe it (RFC 2045, RFC 2046).
enum MessageContent {
    /// `top` with the text only.
    static func single(_ top: TemplateBytes, text: TemplateBytes) throws(ComposingFault) -> TemplateBytes {
        var templateBytes = top
        templateBytes.write(try fields(ofPart: "plain"))
        templateBytes.write(text)
        return templateBytes
    }

    /// `top` with the text and the HTML as alternatives, the text first (RFC 2046 section 5.1.4). The boundary is made
    /// from `name`.
    static func alternative(
        _ top: TemplateBytes, text: TemplateBytes, html: TemplateBytes, name: String
    ) throws(ComposingFault) -> TemplateBytes {
        let boundary = boundary(name, notIn: [text.bytes, html.bytes])
        var templateBytes = top
        var type = MailHeader()
        try type.write("Content-Type", form: "multipart/alternative; boundary=\"\(boundary)\"")
        type.close()
        templateBytes.write(type.bytes)
        for (subtype, part) in [("plain", text), ("html", html)] {
            templateBytes.write("--\(boundary)\r\n".utf8)
            templateBytes.write(try fields(ofPart: subtype))
            templateBytes.write(part)
            templateBytes.write("\r\n".utf8)
        }
        templateBytes.write("--\(boundary)--\r\n".utf8)
        return templateBytes
    }

    private static func fields(ofPart subtype: String) throws(ComposingFault) -> [UInt8] {
        var header = MailHeader()
        try header.write("Content-Type", form: "text/\(subtype); charset=utf-8")
        try header.write("Content-Transfer-Encoding", form: "quoted-printable")
        header.close()
        return header.bytes
    }

    /// A boundary that is in no part (RFC 2046 section 5.1.1). Quoted-printable never has `=_`, so the first is free
    /// unless the encoder is wrong.
    private static func boundary(_ name: String, notIn parts: [[UInt8]]) -> String {
        var count = 0
        while true {
            let boundary = "=_fortnight_\(name)_\(count)"
            let sought = Array(boundary.utf8)
            let found = parts.contains { part in
                part.indices.contains { part[$0] == sought[0] && part[$0...].starts(with: sought) }
            }
            guard found else { return boundary }
            count += 1
        }
    }
}
