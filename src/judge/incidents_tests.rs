//! Real changes to the Linux UAPI, as `diff` would state them, against the rules of this version.

use super::*;
use crate::diff::change::Fact;
use crate::diff::kinds::{FactType, Kind, Part};

/// A change with facts written `before.x=1 after.y=text flag list=a,b`; in text `_` is a space and
/// `~` an underscore.
fn change(kind: &str, subject: &str, header: &str, facts: &str) -> Change {
    let kind = Kind::named(kind).unwrap();
    let mut change = Change::new(kind, subject, header);
    for fact in facts.split_whitespace() {
        let (name, value) = fact.split_once('=').unwrap_or((fact, "true"));
        let (part, name) = match name.split_once('.') {
            Some(("before", name)) => (Part::Before, name),
            Some(("after", name)) => (Part::After, name),
            Some(_) => panic!("{fact}"),
            None => (Part::Whole, name),
        };
        let spec = kind.spec().part(part).iter().find(|spec| spec.name == name);
        let spec = spec.unwrap_or_else(|| panic!("{} has no {fact}", kind.spec().name));
        let value: Fact = match spec.of {
            FactType::Flag => value.parse::<bool>().unwrap().into(),
            FactType::Integer => value.parse::<i128>().unwrap().into(),
            FactType::Text => value.replace('_', " ").replace('~', "_").into(),
            FactType::List => value
                .split(',')
                .map(str::to_owned)
                .collect::<Vec<_>>()
                .into(),
        };
        change = change.with(part, spec.name, value);
    }
    change
}

/// Lines of `kind | subject | header | facts | rule verdict`.
fn check(cases: &str) {
    let catalogue = Catalogue::embedded().unwrap();
    for case in cases.lines().filter(|line| !line.is_empty()) {
        let [kind, subject, header, facts, expected] = case
            .split('|')
            .map(str::trim)
            .collect::<Vec<_>>()
            .try_into()
            .unwrap();
        let findings = judge(&[change(kind, subject, header, facts)], &catalogue);
        let found: Vec<_> = findings
            .iter()
            .map(|finding| format!("{} {:?}", finding.rule, finding.verdict).to_lowercase())
            .collect();
        assert_eq!(found, [expected], "{case}");
    }
}

#[test]
fn enumerations() {
    check(
        r#"
enumerators-shifted | XFRM_MSG_MAPPING | linux/xfrm.h | before.value=38 after.value=40 inserted=A,B shifted=1 | enum-inserted-not-appended break
enumerators-shifted | THERMAL_GENL_ATTR_TZ_TRIP | linux/thermal.h | inserted=A shifted=19 | enum-inserted-not-appended break
enumerators-shifted | IOAM6_IPTUNNEL_TRACE | linux/ioam6_iptunnel.h | inserted=A,B shifted=1 | enum-inserted-not-appended break
enumerators-shifted | LINUX_MIB_X | linux/snmp.h | inserted=A shifted=118 | enum-value-exported-by-name ok
enumerators-shifted | BPF_MAP_TYPE_X | linux/bpf.h | inserted=A enumeration=enum_bpf~map~type | bpf-prog-map-attach-type-changed break
enumerator-value-changed | IPSTATS_MIB_OUTPKTS | linux/snmp.h | before.value=5 after.value=37 | enum-value-exported-by-name ok
enumerator-value-changed | VFIO_DEVICE_STATE_RUNNING | linux/vfio.h | before.value=1 after.value=2 kept_kind=false | enum-value-changed break
enumerator-value-changed | IAX_COMP_OUTBUF_OVERFLOW | linux/idxd.h | before.value=5 after.value=11 | enum-value-hardware review
value-reused | STATX_ATTR_DAX | linux/stat.h | after.value=8192 other=STATX flag other_remains | enum-value-reused break
enumerator-removed | CTA_TIMEOUT_SCTP_DATA_SENT | linux/netfilter/nfnetlink_cttimeout.h | before.value=10 | enum-name-removed break
sentinel-changed | __CTA_TIMEOUT_SCTP_MAX | linux/netfilter/nfnetlink_cttimeout.h | before.value=11 after.value=10 shrinks | enum-sentinel-shrunk break
sentinel-changed | __IFLA_MAX | linux/if_link.h | before.value=60 after.value=61 grows | enum-sentinel-grown ok
sentinel-changed | IFLA_FOO_FLAGS | linux/if_link.h | before.value=5 after.value=6 grows | enum-sentinel-ambiguous review
sentinel-changed | FOO_VALID_FLAGS | linux/foo.h | before.value=7 after.value=15 grows | enum-sentinel-grown ok
sentinel-changed | __NR_syscalls | asm-generic/unistd.h | before.value=451 after.value=462 | syscall-count-changed ok
enumerator-renamed | BPF_MAP_TYPE_CGROUP_STORAGE | linux/bpf.h | before.value=19 alias | enum-renamed-with-alias ok
enumerator-removed | TYPE_DATA | linux/hw_breakpoint.h | before.value=1 | enum-name-removed-config-dependent review
enumerator-removed | KVM_TRC_X | linux/kvm.h | elsewhere | visibility-narrowed review
enumeration-removed | enum what | linux/cn_proc.h | values_remain | enum-tag-removed review
constant-kind-changed | BINDER_WRITE_READ | linux/android/binder.h | before.kind=macro after.kind=enumerator | enum-define-lost review
constant-kind-changed | IPPROTO_X | linux/in.h | before.kind=macro after.kind=enumerator self_macro | enum-define-kind-changed ok
"#,
    );
}

#[test]
fn macros_and_request_codes() {
    check(
        r#"
constant-value-changed | STATX_ATTR_DAX | linux/stat.h | before.value=8192 after.value=2097152 | macro-value-changed break
constant-value-changed | __NR_preadv2 | asm/unistd_x32.h | before.value=1 after.value=2 | syscall-number-changed break
constant-value-changed | __NR_syscalls | asm-generic/unistd.h | before.value=451 after.value=462 grows | syscall-count-changed ok
constant-value-changed | SO_PEERCRED | asm-generic/socket.h | before.value=17 after.value=18 | sockopt-number-changed break
constant-value-changed | IP_UNICAST_IF | linux/in.h | before.value=50 after.value=51 | sockopt-number-changed break
constant-value-changed | THERMAL_GENL_FAMILY_NAME | linux/thermal.h | before.value="a" after.value="b" string | nl-family-name-changed break
constant-value-changed | SNDRV_PCM_VERSION | sound/asound.h | before.value=131087 after.value=131090 grows | macro-version-grown ok
constant-value-changed | FUSE_KERNEL_MINOR_VERSION | linux/fuse.h | before.value=38 after.value=41 grows | macro-version-grown ok
constant-value-changed | FUSE_KERNEL_VERSION | linux/fuse.h | before.value=7 after.value=8 grows | macro-major-version-changed review
constant-value-changed | NFT_SECMARK_CTX_MAXLEN | linux/netfilter/nf_tables.h | before.value=256 after.value=4096 grows | macro-limit-changed review
constant-value-changed | PERF_ATTR_SIZE_VER8 | linux/perf_event.h | before.value=136 after.value=144 grows | size-ver-changed break
constant-value-changed | FLAG | linux/x.h | before.value=-2147483648 after.value=2147483648 grows | macro-sign-bit-respelled review
constant-retyped | __X32_SYSCALL_BIT | asm/unistd.h | before.type=int after.type=unsigned_long value=1073741824 | macro-type-changed review
constant-retyped | FLAG | linux/x.h | before.type=int after.type=unsigned_long value=4 | macro-bit-retyped ok
constant-respelled | FLAG | linux/x.h |  | macro-repr-changed ok
constant-removed | SIOCGSTAMP | asm/sockios.h | before.value=35078 constant now_in=linux/sockios.h | macro-removed break
constant-not-preprocessor | SO_TIMESTAMP | asm-generic/socket.h |  | macro-not-constant review
request-changed | SECCOMP_IOCTL_NOTIF_ID_VALID | linux/seccomp.h | changed=direction | ioctl-dir-changed break
request-changed | IOCTL_PRIVCMD_IRQFD | xen/privcmd.h | changed=direction | ioctl-dir-changed break
request-changed | DRM_IOCTL_X | drm/drm.h | changed=size | ioctl-size-agnostic ok
request-changed | FOO_X | linux/foo.h | changed=size | ioctl-size-changed break
request-changed | FOO_X | linux/foo.h | changed=number,size | ioctl-nr-type-changed break
request-changed | FOO_X | linux/foo.h | changed=direction old_value_kept=FOO~X~OLD | ioctl-old-number-kept review
header-removed | linux/cyclades.h | linux/cyclades.h | names=90 | header-removed break
declaration-moved | linux/ethtool_netlink.h | linux/ethtool_netlink.h | names=A,B | decl-moved ok
"#,
    );
}

#[test]
fn records_and_fields() {
    check(
        r#"
record-grown | struct sctp_event_subscribe | linux/sctp.h | before.size=13 after.size=14 | sockopt-struct-grown review
record-grown | struct tcp_info | linux/tcp.h | appended=a | sockopt-struct-designed-to-grow ok
record-grown | struct perf_event_attr | linux/perf_event.h | versioned | struct-size-grown-versioned ok
record-grown | struct vfio_device_info | linux/vfio.h | size_field=argsz | struct-size-grown-size-field ok
record-grown | struct drm_amdgpu_x | drm/amdgpu_drm.h | ioctls=X | struct-size-grown-drm ok
record-grown | struct foo | linux/foo.h | ioctls=X | struct-size-grown-ioctl break
record-grown | struct foo | linux/foo.h | appended=a | struct-size-grown-tail review
record-grown | struct foo | linux/foo.h | moves=struct,b | struct-size-embedded break
record-grown | union bpf_attr | linux/bpf.h | appended=a | bpf-attr-grown ok
record-realigned | struct vfio_device_info | linux/vfio.h | before.align=4 after.align=8 moves | struct-align-changed-argsz review
record-realigned | struct virtio_net_hdr_v1_hash | linux/virtio_net.h | before.align=4 after.align=2 | struct-align-changed review
record-removed | union snd_pcm_sync_id | sound/asound.h | before.size=16 | struct-removed break
record-removed | struct kvm_s390_x | linux/kvm.h | elsewhere | visibility-narrowed review
record-abi-dependent | struct __snd_pcm_mmap_control64 | sound/asound.h | new_record | struct-compat-layout-differs lint
field-removed | struct snd_pcm_info | sound/asound.h | covered | struct-field-removed break
field-removed | struct foo | linux/foo.h | pad | struct-pad-dropped review
field-renamed | struct keyctl_dh_params | linux/keyctl.h |  | struct-field-renamed break
field-resized | struct tc_pie_xstats | linux/pkt_sched.h | before.size=4 after.size=8 before.elements=1 after.elements=1 moved=a,b | struct-field-type-widened break
flexible-from-zero | struct bpf_lpm_trie_key | linux/bpf.h |  | struct-flex-converted-0-embedded review
flexible-from-zero | struct fiemap | linux/fiemap.h |  | struct-flex-converted-0 ok
flexible-from-one | struct usb_string_descriptor | linux/usb/ch9.h | before.size=4 after.size=4 | struct-flex-converted-1-same-size ok
flexible-from-one | struct foo | linux/foo.h | before.size=8 after.size=4 ioctls=X | struct-flex-converted-1-ioctl break
union-arm-added | struct sockaddr_ll | linux/if_packet.h | flexible | struct-flex-union-added review
union-arm-added | struct ip_msfilter | linux/in.h | flexible | struct-flex-beside-one ok
bitfield-changed | struct ipv6_rpl_sr_hdr | linux/rpl.h | before.offset_bits=24 after.offset_bits=0 | struct-bitfield-changed break
bitfield-changed | struct tcphdr | linux/tcp.h | pad carved | struct-bitfield-carved review
bitfield-changed | struct perf_event_attr | linux/perf_event.h | pad carved | struct-bitfield-reserved-carved ok
reserved-consumed | struct statx | linux/stat.h |  | struct-reserved-consumed ok
flexible-added | struct rseq | linux/rseq.h | before.size=32 after.size=32 | struct-flex-added ok
field-in-hole | struct rseq | linux/rseq.h | tail | struct-hole-consumed-rseq ok
field-in-hole | struct foo | linux/foo.h |  | struct-hole-consumed review
header-not-cxx | linux/stddef.h | linux/stddef.h |  | cxx-incompatible break
field-declared | struct foo | linux/foo.h | after.type=long class=long | struct-forbidden-type lint
field-declared | struct foo | linux/foo.h | after.type=time~t class=time | struct-time32 lint
"#,
    );
}

#[test]
fn sound_designs_are_not_remarked_upon() {
    let catalogue = Catalogue::embedded().unwrap();
    let silent = [
        change("field-declared", "struct foo", "linux/foo.h", "class=fixed"),
        change(
            "field-declared",
            "struct fuse_foo",
            "linux/fuse.h",
            "class=libc",
        ),
        change("constant-unresolved", "FOO", "linux/foo.h", "reason=type"),
        change("request-duplicated", "FOO_V2", "linux/foo.h", "other=FOO"),
    ];
    assert_eq!(judge(&silent, &catalogue), []);
}
