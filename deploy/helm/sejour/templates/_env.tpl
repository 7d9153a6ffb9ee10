{{/* Settings of every process, as in chassis/settings.py. */}}
{{- define "sejour.sharedEnv" -}}
- {name: SEJOUR_ENV, value: {{ .Values.environment | quote }}}
- {name: SEJOUR_BASE_URL, value: {{ .Values.baseUrl | quote }}}
- {name: SEJOUR_LOG_LEVEL, value: {{ .Values.logLevel | quote }}}
- name: SEJOUR_SIGNING_KEYS
  valueFrom: {secretKeyRef: {name: {{ include "sejour.secret" . }}, key: signing-keys}}
{{ include "sejour.kafkaEnv" . }}
{{- if .Values.tracing.otlpEndpoint }}
- {name: SEJOUR_OTLP_ENDPOINT, value: {{ .Values.tracing.otlpEndpoint | quote }}}
- {name: SEJOUR_TRACE_RATIO, value: {{ .Values.tracing.ratio | quote }}}
{{- end }}
{{- range $name, $value := .Values.extraEnv }}
- {name: {{ $name }}, value: {{ $value | quote }}}
{{- end }}
{{- end }}

{{- define "sejour.kafkaEnv" -}}
{{- $kafka := .Values.kafka -}}
- {name: SEJOUR_KAFKA_BOOTSTRAP, value: {{ include "sejour.kafka" . | quote }}}
{{- if $kafka.topicPrefix }}
- {name: SEJOUR_TOPIC_PREFIX, value: {{ $kafka.topicPrefix | quote }}}
{{- end }}
{{- if not .Values.evaluation.enabled }}
- {name: SEJOUR_KAFKA_SECURITY_PROTOCOL, value: {{ $kafka.securityProtocol | quote }}}
{{- if hasPrefix "SASL" $kafka.securityProtocol }}
- {name: SEJOUR_KAFKA_SASL_MECHANISM, value: {{ $kafka.saslMechanism | quote }}}
- {name: SEJOUR_KAFKA_USERNAME, value: {{ $kafka.username | quote }}}
- name: SEJOUR_KAFKA_PASSWORD
  valueFrom:
    secretKeyRef: {name: {{ $kafka.passwordSecret.name | default .Values.existingSecret }}, key: {{ $kafka.passwordSecret.key }}}
{{- end }}
{{- if or $kafka.ca.secret $kafka.ca.configMap }}
- {name: SEJOUR_KAFKA_CA_FILE, value: /etc/sejour/kafka/ca.crt}
{{- end }}
{{- end }}
{{- end }}

{{/* (list $ workload): the database of a service. */}}
{{- define "sejour.databaseEnv" -}}
{{- $root := index . 0 -}}{{- $workload := index . 1 -}}
{{- $values := $root.Values -}}
{{- $own := get $values.postgresql.secrets $workload.service | default dict -}}
- name: {{ $workload.prefix }}_DATABASE_URL
  valueFrom:
    secretKeyRef:
      name: {{ $own.name | default (include "sejour.secret" $root) }}
      key: {{ $own.key | default (printf "%s-database-url" $workload.service) }}
- {name: PGSSLMODE, value: {{ $values.evaluation.enabled | ternary "disable" $values.postgresql.sslMode | quote }}}
{{- if and (or $values.postgresql.ca.secret $values.postgresql.ca.configMap) (not $values.evaluation.enabled) }}
- {name: PGSSLROOTCERT, value: /etc/sejour/postgresql/ca.crt}
{{- end }}
{{- end }}

{{/* (list $ name workload): everything that one process reads. */}}
{{- define "sejour.env" -}}
{{- $root := index . 0 -}}{{- $name := index . 1 -}}{{- $workload := index . 2 -}}
{{- $values := $root.Values -}}
{{ include "sejour.sharedEnv" $root }}
- {name: SEJOUR_DRAIN_SECONDS, value: {{ $values.drainSeconds | quote }}}
- {name: SEJOUR_GRACE_SECONDS, value: {{ $values.graceSeconds | quote }}}
{{- if $workload.migrate }}
{{ include "sejour.databaseEnv" (list $root $workload) }}
{{- end }}
{{- range $called := $workload.calls }}
- name: SEJOUR_{{ upper $called }}_ADDRESS
  value: dns:///{{ include "sejour.fullname" $root }}-{{ $called }}.{{ $root.Release.Namespace }}.svc.{{ $values.clusterDomain }}:50051
{{- end }}
{{- if and $workload.files $values.files.url }}
- {name: SEJOUR_FILES_URL, value: {{ $values.files.url | quote }}}
{{- range $key, $value := $values.files.env }}
- {name: {{ $key }}, value: {{ $value | quote }}}
{{- end }}
{{- end }}
{{- if $workload.http }}
- {name: GATEWAY_TRUSTED_PROXIES, value: {{ join "," $values.ingress.trustedProxies | quote }}}
{{- end }}
{{- if and $workload.mail $values.mail.smtpHost }}
- {name: DOCUMENTS_SMTP_HOST, value: {{ $values.mail.smtpHost | quote }}}
- {name: DOCUMENTS_SMTP_PORT, value: {{ $values.mail.smtpPort | quote }}}
- {name: DOCUMENTS_SMTP_STARTTLS, value: {{ $values.mail.startTls | quote }}}
{{- if $values.mail.username }}
- {name: DOCUMENTS_SMTP_USERNAME, value: {{ $values.mail.username | quote }}}
- name: DOCUMENTS_SMTP_PASSWORD
  valueFrom:
    secretKeyRef: {name: {{ $values.mail.passwordSecret.name | default $values.existingSecret }}, key: {{ $values.mail.passwordSecret.key }}}
{{- end }}
{{- if $values.mail.from }}
- {name: DOCUMENTS_MAIL_FROM, value: {{ $values.mail.from | quote }}}
{{- end }}
{{- end }}
{{- range $key, $value := get $values.extraEnvOf $name | default dict }}
- {name: {{ $key }}, value: {{ $value | quote }}}
{{- end }}
{{- end }}
