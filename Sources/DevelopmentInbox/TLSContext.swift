internal import CSSL

/// The certificate and key of one inbox, shared by its TLS connections: TLS 1.2 or newer, by the system's OpenSSL.
///
/// `@unchecked`: not changed once it is made, and OpenSSL lets any number of threads make connections of one
/// (openssl-threads(7)).
final class TLSContext: @unchecked Sendable {
    fileprivate let pointer: OpaquePointer

    /// - Throws: ``InboxFault/certificate(_:)``.
    init(_ certificate: InboxConfiguration.Certificate) throws(InboxFault) {
        guard let pointer = SSL_CTX_new(TLS_server_method()) else { throw .certificate(TLSFault.fromOpenSSL().reason) }
        self.pointer = pointer
        ERR_clear_error()
        guard SSL_CTX_ctrl(pointer, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_2_VERSION), nil) == 1,
            SSL_CTX_use_certificate_chain_file(pointer, certificate.chain) == 1
        else { throw .certificate("\(certificate.chain): \(TLSFault.fromOpenSSL().reason)") }
        guard SSL_CTX_use_PrivateKey_file(pointer, certificate.key, SSL_FILETYPE_PEM) == 1 else {
            throw .certificate("\(certificate.key): \(TLSFault.fromOpenSSL().reason)")
        }
    }

    deinit { SSL_CTX_free(pointer) }
}

struct TLSFault: Error {
    let reason: String

    /// The first that OpenSSL noted on this thread: `error:0480006C:PEM routines::no start line`, from the last colon on.
    static func fromOpenSSL() -> TLSFault {
        let code = ERR_get_error()
        guard code != 0 else { return TLSFault(reason: "OpenSSL gives no reason") }
        var text = [CChar](repeating: 0, count: 256)
        ERR_error_string_n(code, &text, text.count)
        let line = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return TLSFault(reason: line.split(separator: ":").last.map(String.init) ?? line)
    }
}

/// The server's side of one TLS connection, between two buffers in memory: ``receive(_:)`` and ``takeOutput(_:)`` are the
/// side of the network, ``read(into:)`` and ``write(_:)`` the side of the server.
final class TLSConnection {
    enum Progress {
        case done
        /// More has to come from the client first.
        case wantsInput
        /// The client has said that it is done.
        case closed
    }

    private let pointer: OpaquePointer
    private let input: OpaquePointer
    private let output: OpaquePointer

    init(_ context: TLSContext) throws(TLSFault) {
        guard let pointer = SSL_new(context.pointer) else { throw .fromOpenSSL() }
        guard let input = BIO_new(BIO_s_mem()), let output = BIO_new(BIO_s_mem()) else {
            SSL_free(pointer)
            throw TLSFault(reason: "OpenSSL has no memory")
        }
        (self.pointer, self.input, self.output) = (pointer, input, output)
        // Takes both over.
        SSL_set_bio(pointer, input, output)
        SSL_set_accept_state(pointer)
    }

    deinit { SSL_free(pointer) }

    // MARK: The network's side

    func receive(_ bytes: UnsafeRawBufferPointer) {
        // A buffer in memory takes all.
        if !bytes.isEmpty { _ = BIO_write(input, bytes.baseAddress, Int32(bytes.count)) }
    }

    var outputLength: Int { BIO_ctrl_pending(output) }

    /// Returns how many bytes there were, `bytes.count` at most.
    func takeOutput(_ bytes: UnsafeMutableRawBufferPointer) -> Int {
        max(0, Int(BIO_read(output, bytes.baseAddress, Int32(bytes.count))))
    }

    // MARK: The server's side

    func handshake() throws(TLSFault) -> Progress {
        ERR_clear_error()
        return try progress(after: SSL_do_handshake(pointer))
    }

    /// Returns how many bytes were read; none is read but where the progress is ``Progress/done``.
    func read(into bytes: UnsafeMutableRawBufferPointer) throws(TLSFault) -> (Progress, count: Int) {
        ERR_clear_error()
        let count = SSL_read(pointer, bytes.baseAddress, Int32(bytes.count))
        return (try progress(after: count), max(0, Int(count)))
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(TLSFault) {
        guard !bytes.isEmpty else { return }
        ERR_clear_error()
        guard SSL_write(pointer, bytes.baseAddress, Int32(bytes.count)) == Int32(bytes.count) else {
            throw .fromOpenSSL()
        }
    }

    /// Says that nothing more will come (RFC 8446 section 6.1).
    func sayGoodbye() {
        ERR_clear_error()
        _ = SSL_shutdown(pointer)
    }

    private func progress(after result: Int32) throws(TLSFault) -> Progress {
        guard result <= 0 else { return .done }
        switch SSL_get_error(pointer, result) {
        case SSL_ERROR_WANT_READ: return .wantsInput
        case SSL_ERROR_ZERO_RETURN: return .closed
        default: throw .fromOpenSSL()
        }
    }
}
